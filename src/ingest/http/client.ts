import { SourceError } from '../errors.ts'
import { boundedBody, checkType, type MediaType } from './body.ts'
import { type Clock, systemClock } from './clock.ts'
import { networkFault, seconds, UpstreamError } from './errors.ts'
import { Pace, retryAfter } from './pace.ts'

export interface HttpClientOptions {
  /** `https://huggingface.co`; paths are appended to its own. */
  baseUrl: string
  userAgent: string
  clock?: Clock | undefined
  /** Told, in a sentence, each time that something makes it wait. */
  onWait?: ((sentence: string) => void) | undefined
  /** Milliseconds between two requests at least. Default 0. */
  spacing?: number | undefined
  /** Milliseconds for one request with its answer. Default 30,000. */
  timeout?: number | undefined
  /** Bytes of an answer, unzipped. Default 32 MiB. */
  maxBytes?: number | undefined
}

export interface HttpRequest<Result> {
  path: string
  query: Readonly<Record<string, string>>
  type: MediaType
  /** Makes something of the answer. A `SourceError` that it throws counts as a fault that may pass. */
  read: (answer: Answer) => Result
  signal?: AbortSignal | undefined
}

export interface Answer {
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
  get<Result>(request: HttpRequest<Result>): Promise<Result>
}

const tries = 5
const firstPause = 1_000
const longestPause = 30_000
/** Longer than a rate limit's window; an upstream that wants more is asked again another time. */
const longestAskedPause = 600_000
const redirects = 3

/** One polite client of one upstream: paced, patient, bounded. */
export function createHttpClient(options: HttpClientOptions): HttpClient {
  const { clock = systemClock, userAgent, timeout = 30_000, maxBytes = 32 * 1_048_576 } = options
  const base = new URL(options.baseUrl)
  const { host } = base
  const pace = new Pace(clock, options.spacing ?? 0)

  async function get<Result>(request: HttpRequest<Result>): Promise<Result> {
    for (let tried = 1; ; tried += 1) {
      try {
        await takeTurn(request.signal)
        return readable(request.read, await exchange(request))
      } catch (fault) {
        if (!(fault instanceof UpstreamError) || !fault.transient) throw fault
        const asked = Math.max(fault.retryAfter ?? 0, pace.pause())
        if (tried === tries || asked > longestAskedPause) throw givingUp(fault, tried, asked)
        // Full jitter: clients that failed together must not come back together.
        const own = clock.random() * Math.min(longestPause, firstPause * 2 ** tried)
        const pause = asked > 0 ? Math.max(own, asked + clock.random() * firstPause) : own
        options.onWait?.(`${fault.message} Trying again in ${seconds(pause)} (try ${tried + 1} of ${tries}).`)
        await clock.wait(pause, request.signal)
      }
    }
  }

  async function takeTurn(signal: AbortSignal | undefined): Promise<void> {
    const pause = pace.pause()
    if (pause > longestAskedPause) {
      throw new UpstreamError(`${host} allows no more requests for ${seconds(pause)}. Try again then.`)
    }
    if (pause > 0) {
      if (pause > (options.spacing ?? 0)) {
        options.onWait?.(`${host} allows few more requests for now; waiting ${seconds(pause)}.`)
      }
      await clock.wait(pause, signal)
    }
    pace.sent()
  }

  async function exchange({ path, query, type, signal }: HttpRequest<unknown>): Promise<Answer> {
    const url = new URL(base.pathname.replace(/\/$/, '') + path, base)
    url.search = new URLSearchParams(query).toString()
    const limits = [AbortSignal.timeout(timeout), ...(signal ? [signal] : [])]
    try {
      const response = await follow(url, { accept: type.accept, signal: AbortSignal.any(limits) })
      return await answerOf(response, type)
    } catch (error) {
      signal?.throwIfAborted()
      throw error instanceof UpstreamError ? error : networkFault(error, host, timeout)
    }
  }

  async function answerOf(response: Response, type: MediaType): Promise<Answer> {
    try {
      pace.heard(response.headers)
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
      const headers = { accept, 'user-agent': userAgent }
      const response = await fetch(url, { headers, redirect: 'manual', signal })
      const target = [301, 302, 303, 307, 308].includes(response.status) && response.headers.get('location')
      if (!target) return response
      await response.body?.cancel()
      const next = URL.canParse(target, url) ? new URL(target, url) : undefined
      if (!next || (next.origin !== url.origin && next.protocol !== 'https:')) {
        throw new UpstreamError(
          `${host} redirects to ${next?.origin ?? 'nowhere'}, which is not followed: it is another place without encryption. Check its address in the settings.`,
        )
      }
      if (left === 0)
        throw new UpstreamError(`${host} redirects again and again. Check its address in the settings.`)
      url = next
    }
  }

  async function refusal(response: Response): Promise<UpstreamError> {
    const { status } = response
    const told = await boundedBody(response, 65_536, host).then(errorIn, () => undefined)
    const because = told === undefined ? '' : `: ${JSON.stringify(told)}`
    const transient = [408, 425, 429].includes(status) || status >= 500
    const details = { status, transient, retryAfter: retryAfter(response.headers, clock.now()) }
    if (status === 429)
      return new UpstreamError(`${host} has had too many requests from here (429).`, details)
    if (transient) return new UpstreamError(`${host} is in trouble (${status}${because}).`, details)
    return new UpstreamError(`${host} refused the request (${status}${because}).`, details)
  }

  function readable<Result>(read: (answer: Answer) => Result, answer: Answer): Result {
    try {
      return read(answer)
    } catch (error) {
      if (error instanceof UpstreamError || !(error instanceof SourceError)) throw error
      throw new UpstreamError(error.message, { transient: true, cause: error })
    }
  }

  function givingUp(fault: UpstreamError, tried: number, asked: number): UpstreamError {
    const end =
      asked > longestAskedPause
        ? `It asks to be left alone for ${seconds(asked)}; try again then.`
        : `Gave up after ${tried} tries.`
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
