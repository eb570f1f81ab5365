import http, { type IncomingMessage } from 'node:http'
import https from 'node:https'
import { performance } from 'node:perf_hooks'
import { codeOf, messageOf } from '../../db/error.ts'
import { faultOfTarget, type LookUp, refusalBehind, type TargetRules, targetAgents } from './target.ts'

export interface PostRequest {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** Ends it early; nothing is known of its outcome then. */
  readonly signal?: AbortSignal | undefined
}

/** What became of a request. */
export interface PostOutcome {
  /** The HTTP status; null without an answer. */
  readonly status: number | null
  readonly durationMs: number
  /** Why it failed, in a sentence; null if it was answered with a status of 2xx. */
  readonly error: string | null
  /** The start of the body of the answer; null without an answer. */
  readonly answer: string | null
  /** When the endpoint asks to be tried again; null if it does not say. */
  readonly retryAfterMs: number | null
  /** The URL is one that webhooks are not sent to. */
  readonly isRefused: boolean
}

export interface Poster {
  /** Posts once. Follows no redirect, and never throws but for the signal's reason. */
  post(request: PostRequest): Promise<PostOutcome>
  close(): void
}

export interface PosterOptions {
  readonly rules: TargetRules
  /** For the request and the status of its answer together. */
  readonly timeoutMs: number
  readonly userAgent: string
  /** How names are looked up; default as the system does. */
  readonly lookUp?: LookUp
}

/** Bytes of an answer that are read, and characters that are kept. */
const maxAnswerBytes = 65_536
const keptAnswer = 1_000

/** Sends to endpoints, at addresses that the rules allow. */
export function createPoster({ rules, timeoutMs, userAgent, lookUp }: PosterOptions): Poster {
  const agents = targetAgents(rules, lookUp)

  function request({ url, headers, body }: PostRequest, signal: AbortSignal): Promise<IncomingMessage> {
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
    const secure = url.startsWith('https:')
    const sent = (secure ? https : http).request(url, {
      method: 'POST',
      agent: secure ? agents.https : agents.http,
      signal,
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'content-length': Buffer.byteLength(body),
        'user-agent': userAgent,
        accept: '*/*',
        ...headers,
      },
    })
    sent.once('response', resolve).on('error', (error) => {
      // The endpoint closed a connection that was kept open, before it read anything.
      const wasClosed = sent.reusedSocket && codeOf(error) === 'ECONNRESET'
      if (wasClosed && !signal.aborted) request({ url, headers, body }, signal).then(resolve, reject)
      else reject(error)
    })
    sent.end(body)
    return promise
  }

  return {
    async post(asked) {
      const startedMs = performance.now()
      const deadline = AbortSignal.timeout(timeoutMs)
      const signal = asked.signal ? AbortSignal.any([asked.signal, deadline]) : deadline
      const failed = (error: string, isRefused = false): PostOutcome => ({
        ...{ status: null, durationMs: Math.round(performance.now() - startedMs), error },
        ...{ answer: null, retryAfterMs: null, isRefused },
      })
      const fault = faultOfTarget(asked.url, rules)
      if (fault !== undefined) return failed(`The URL ${fault}`, true)
      try {
        const response = await request(asked, signal)
        const answer = await startOf(response)
        const status = response.statusCode ?? 0
        return {
          ...{ status, durationMs: Math.round(performance.now() - startedMs), answer, isRefused: false },
          error: status >= 200 && status < 300 ? null : faultOfStatus(status),
          retryAfterMs: retryAfterMs(response.headers['retry-after']),
        }
      } catch (error) {
        asked.signal?.throwIfAborted()
        const refusal = refusalBehind(error)
        if (refusal !== undefined) return failed(`The URL ${refusal}`, true)
        return failed(
          deadline.aborted ? `The endpoint did not answer within ${timeoutMs / 1000} s.` : faultOf(error),
        )
      }
    },
    close() {
      agents.http.destroy()
      agents.https.destroy()
    },
  }
}

function faultOf(error: unknown): string {
  const reason = (messageOf(error) || codeOf(error) || 'unknown').replace(/\.$/, '')
  const isOfCertificate = /CERT|SELF_SIGNED|UNABLE_TO_|ALTNAME/.test(codeOf(error) ?? '')
  return isOfCertificate
    ? `The certificate of the endpoint is not valid: ${reason}. Use one for its host, of an authority that the server trusts; NODE_EXTRA_CA_CERTS adds authorities.`
    : `The endpoint could not be reached: ${reason}.`
}

/** The start of a body. What does not come in time, or is cut, is left out: the status has said what matters. */
async function startOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      chunks.push(chunk)
      size += chunk.length
      if (size >= maxAnswerBytes) break
    }
  } catch {
    response.destroy()
  }
  const text = Buffer.concat(chunks).toString('utf8').slice(0, keptAnswer)
  return text.toWellFormed().replaceAll('\0', '')
}

function faultOfStatus(status: number): string {
  if (status >= 300 && status < 400)
    return `The endpoint answered with the status ${status}; redirects are not followed. Change the URL to where it leads.`
  return `The endpoint answered with the status ${status}.`
}

/** `Retry-After` is seconds or a date (RFC 9110, 10.2.3). */
function retryAfterMs(header: string | undefined): number | null {
  if (header === undefined) return null
  const delayMs = /^\s*\d{1,9}\s*$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now()
  return Number.isNaN(delayMs) ? null : Math.max(0, delayMs)
}
