import { codeOf, messageOf } from '../../../db/error.ts'
import { SourceError } from '../errors.ts'

interface Details {
  /** Whether the same request may well succeed a little later. */
  transient?: boolean
  /** How long the upstream asks clients to wait. */
  retryAfterMs?: number | undefined
  status?: number | undefined
  cause?: unknown
}

/** An upstream did not give what was asked for. The message is a sentence that begins with its name. */
export class UpstreamError extends SourceError {
  override name = 'UpstreamError'
  readonly transient: boolean
  readonly retryAfterMs: number | undefined
  readonly status: number | undefined

  constructor(message: string, { transient = false, retryAfterMs, status, cause }: Details = {}) {
    super(message, { cause })
    this.transient = transient
    this.retryAfterMs = retryAfterMs
    this.status = status
  }
}

/** What went wrong below HTTP, in words. */
export function networkFault(error: unknown, host: string, timeoutMs: number): UpstreamError {
  const code = codeOf(error)
  const passing = (what: string) => new UpstreamError(`${host} ${what}`, { transient: true, cause: error })
  if (error instanceof DOMException && error.name === 'TimeoutError') {
    return passing(`did not answer within ${durationText(timeoutMs)}.`)
  }
  switch (code) {
    case 'ECONNREFUSED':
      return passing('cannot be reached: the connection was refused.')
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return passing('cannot be reached: its host name cannot be resolved. Check the network.')
    case 'ENETUNREACH':
    case 'EHOSTUNREACH':
    case 'ETIMEDOUT':
    case 'UND_ERR_CONNECT_TIMEOUT':
      return passing('cannot be reached: the network has no route to it.')
    case 'ECONNRESET':
    case 'EPIPE':
    case 'UND_ERR_SOCKET':
    case 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH':
      return passing('closed the connection in the middle of its response.')
  }
  if (code?.startsWith('Z_')) return passing('sent an answer with damaged compression.')
  if (code?.startsWith('HPE_')) return passing(`did not respond with HTTP (${code}).`)
  if (code && /CERT|SIGNATURE|SSL|TLS/.test(code)) {
    return new UpstreamError(`${host} has a certificate that is not trusted (${code}).`, {
      cause: error,
    })
  }
  return passing(`cannot be read: ${messageOf(error)}.`)
}

/** `0.2 s`, `12 s`, `5 min`, for sentences. */
export function durationText(durationMs: number): string {
  if (durationMs < 950) return `${Math.max(0.1, Math.round(durationMs / 100) / 10)} s`
  const whole = Math.round(durationMs / 1000)
  return whole < 120 ? `${whole} s` : `${Math.round(whole / 60)} min`
}
