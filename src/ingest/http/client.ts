import { type Clock, systemClock } from '../../clock.ts'
import { SourceError } from '../errors.ts'
import { boundedBody, checkType, type MediaType } from './body.ts'
import { durationText, networkFault, UpstreamError } from './errors.ts'
import { Pace, retryAfterMs } from './pace.ts'

export interface HttpClientOptions {
  /** `https://huggingface.co`; paths are appended to its own. */
  baseUrl: string
  userAgent: string
  /** Of W3C Trace Context: the trace that the requests are part of. */
  traceparent?: string | undefined
  clock?: Clock | undefined
  /** Called with a sentence each time a request has to wait. */
  onWait?: ((sentence: string) => void) | undefined
  /** The least time between two requests. Default 0. */
  spacingMs?: number | undefined
  /** For one request with its answer. Default 30,000. */
  timeoutMs?: number | undefined
  /** Bytes of an answer, unzipped. Default 32 MiB. */
  maxBytes?: number | undefined
}

export interface UpstreamRequest<Result> {
  path: string
  query: Readonly<Record<string, string>>
  type: MediaType
  /** Makes something of the answer. A `SourceError` that it throws counts as a fault that may pass. */
  read: (answer: UpstreamAnswer) => Result
  signal?: AbortSignal | undefined
}

export interface UpstreamAnswer {
  body: Buffer
  headers: Headers
  /** By our clock: the upstream's may be wrong. */
  receivedAt: Date
}

export interface HttpClient {
  /** The host, as people know it. */
  readonly host: string
  /**
   * Asks until there is an answer that can be read. Throws an `UpstreamError` when the upstream says no, or after
   * the last try, and the signal's reason when that ends it.
   */
  get<Result>(request: UpstreamRequest<Result>): Promise<Result>
}

const tries = 5
const firstPauseMs = 1_000
const longestPauseMs = 30_000
/** Longer than a rate limit's window; an upstream that wants more is asked again another time. */
const longestAskedPauseMs = 600_000
const redirects = 3

/** One polite client of one upstream: paced, patient, bounded. */
export function createHttpClient(options: HttpClientOptions): HttpClient {
  const {
    clock = systemClock,
    userAgent,
    traceparent,
    timeoutMs = 30_000,
    maxBytes = 32 * 1_048_576,
  } = options
  const base = new URL(options.baseUrl)
  const { host } = base
  const pace = new Pace(clock, options.spacingMs ?? 0)

  async function get<Result>(request: UpstreamRequest<Result>): Promise<Result> {
    for (let tried = 1; ; tried += 1) {
      try {
        await takeTurn(request.signal)
        return readable(request.read, await exchange(request))
      } catch (fault) {
        if (!(fault instanceof UpstreamError) || !fault.transient) throw fault
        const askedMs = Math.max(fault.retryAfterMs ?? 0, pace.pauseMs())
        if (tried === tries || askedMs > longestAskedPauseMs) throw givingUp(fault, tried, askedMs)
        // Full jitter: clients that failed together must not come back together.
        const ownMs = clock.random() * Math.min(longestPauseMs, firstPauseMs * 2 ** tried)
        const pauseMs = askedMs > 0 ? Math.max(ownMs, askedMs + clock.random() * firstPauseMs) : ownMs
        options.onWait?.(
          `${fault.message} Retrying in ${durationText(pauseMs)} (attempt ${tried + 1} of ${tries}).`,
        )
        await clock.wait(pauseMs, request.signal)
      }
    }
  }

  async function takeTurn(signal: AbortSignal | undefined): Promise<void> {
    const pauseMs = pace.pauseMs()
    if (pauseMs > longestAskedPauseMs) {
      throw new UpstreamError(
        `${host} accepts no more requests for ${durationText(pauseMs)}. Try again then.`,
      )
    }
    if (pauseMs > 0) {
      if (pauseMs > (options.spacingMs ?? 0)) {
        options.onWait?.(`${host} limits the request rate; waiting ${durationText(pauseMs)}.`)
      }
      await clock.wait(pauseMs, signal)
    }
    pace.sent()
  }

  async function exchange({ path, query, type, signal }: UpstreamRequest<unknown>): Promise<UpstreamAnswer> {
    const url = new URL(base.pathname.replace(/\/$/, '') + path, base)
    url.search = new URLSearchParams(query).toString()
    const limits = [AbortSignal.timeout(timeoutMs), ...(signal ? [signal] : [])]
    try {
      const response = await follow(url, { accept: type.accept, signal: AbortSignal.any(limits) })
      return await answerOf(response, type)
    } catch (error) {
      signal?.throwIfAborted()
      throw error instanceof UpstreamError ? error : networkFault(error, host, timeoutMs)
    }
  }

  async function answerOf(response: Response, type: MediaType): Promise<UpstreamAnswer> {
    try {
      pace.noteHeaders(response.headers)
      if (!response.ok) throw await refusal(response)
      checkType(response, type, host)
      const body = await boundedBody(response, maxBytes, host)
      return { body, headers: response.headers, receivedAt: clock.now() }
    } finally {
      // Of an answer that was not read to its end the connection is of no more use.
      if (!response.bodyUsed) await response.body?.cancel().catch(() => {})
    }
  }

  async function follow(start: URL, { accept, signal }: { accept: string; signal: AbortSignal }) {
    let url = start
    for (let left = redirects; ; left -= 1) {
      const headers = { accept, 'user-agent': userAgent, ...(traceparent && { traceparent }) }
      const response = await fetch(url, { headers, redirect: 'manual', signal })
      const target = [301, 302, 303, 307, 308].includes(response.status) && response.headers.get('location')
      if (!target) return response
      await response.body?.cancel()
      const next = URL.canParse(target, url) ? new URL(target, url) : undefined
      if (!next || (next.origin !== url.origin && next.protocol !== 'https:')) {
        throw new UpstreamError(
          `${host} redirects to ${next?.origin ?? 'an invalid address'}, which is not followed: redirects to other hosts must use HTTPS. Check its address in the settings.`,
        )
      }
      if (left === 0)
        throw new UpstreamError(`${host} redirects too many times. Check its address in the settings.`)
      url = next
    }
  }

  async function refusal(response: Response): Promise<UpstreamError> {
    const { status } = response
    const reported = await boundedBody(response, 65_536, host).then(errorIn, () => undefined)
    const because = reported === undefined ? '' : `: ${JSON.stringify(reported)}`
    const transient = [408, 425, 429].includes(status) || status >= 500
    const details = { status, transient, retryAfterMs: retryAfterMs(response.headers, clock.now()) }
    if (status === 429) return new UpstreamError(`${host} received too many requests (429).`, details)
    if (transient) return new UpstreamError(`${host} failed (${status}${because}).`, details)
    return new UpstreamError(`${host} refused the request (${status}${because}).`, details)
  }

  function readable<Result>(read: (answer: UpstreamAnswer) => Result, answer: UpstreamAnswer): Result {
    try {
      return read(answer)
    } catch (error) {
      if (error instanceof UpstreamError || !(error instanceof SourceError)) throw error
      throw new UpstreamError(error.message, { transient: true, cause: error })
    }
  }

  function givingUp(fault: UpstreamError, tried: number, askedMs: number): UpstreamError {
    const end =
      askedMs > longestAskedPauseMs
        ? `It asks clients to wait for ${durationText(askedMs)}; try again then.`
        : `Gave up after ${tried} attempts.`
    return new UpstreamError(`${fault.message} ${end}`, { ...fault, cause: fault })
  }

  return { host, get }
}

/** The API's own words, from `{"error": "…"}`. */
function errorIn(body: Buffer): string | undefined {
  try {
    const parsed: unknown = JSON.parse(body.toString())
    if (typeof parsed !== 'object' || parsed === null || !('error' in parsed)) return undefined
    return typeof parsed.error === 'string' ? parsed.error.slice(0, 200) : undefined
  } catch {
    return undefined
  }
}
