import type { IncomingMessage, ServerResponse } from 'node:http'
import { performance } from 'node:perf_hooks'
import { messageOf } from '../../db/error.ts'
import type { StatementObserver } from '../../db/prepared.ts'
import type { TokenFault, Viewer } from '../../schema/core/context.ts'
import type { ViewerOf } from '../auth.ts'
import type { SentResponse } from '../cache/kept-response.ts'
import { noteClientFault } from '../client-faults.ts'
import type { OperationObserver } from '../graphql/observe-operations.ts'
import type { RequestObserver } from '../http/server.ts'
import type { Logger, RequestScope } from '../log.ts'
import type { Metrics } from './metrics.ts'
import { statementName } from './statement-name.ts'

export interface ObserverOptions {
  readonly metrics: Metrics
  readonly log: Logger
  readonly slow: SlowLog
}

/** Which operations and statements are logged as slow. */
export interface SlowLog {
  /** Those that take at least so many milliseconds; 0 for none. */
  readonly leastMs: number
  /**
   * Those that began after this time of `performance.now()`. While a server starts, answers wait for code that is being
   * loaded, and say nothing of the database.
   */
  sinceMs: number
}

function isSlow({ leastMs, sinceMs }: SlowLog, durationMs: number): boolean {
  return leastMs > 0 && durationMs >= leastMs && performance.now() - durationMs >= sinceMs
}

/** Counts operations, and logs slow ones. `idOf` is the id of a trusted document. */
export function operationObserver(
  { metrics, log, slow }: ObserverOptions,
  idOf: (text: string) => string | undefined,
): OperationObserver {
  return {
    executed({ type, transport, outcome, code, name, text, durationMs }) {
      if (outcome === 'refused' && code !== undefined) noteClientFault(log, code)
      const takesLong = isSlow(slow, durationMs)
      if (!metrics.isOn && !takesLong) return
      const document = (text !== undefined && idOf(text)) || ''
      metrics.operations.observe([type, transport, outcome, document], durationMs / 1000)
      if (!takesLong) return
      log.warn('An operation took long.', {
        ...{ type, operation: name, ...(document && { document }), transport, outcome },
        durationMs: Math.round(durationMs),
      })
    },
    invalid(transport) {
      metrics.invalidDocuments.inc({ transport })
      noteClientFault(log, 'INVALID_DOCUMENT')
    },
  }
}

/** Counts statements by name, and logs slow ones. */
export function statementObserver({ metrics, log, slow }: ObserverOptions): StatementObserver {
  return (text, durationMs, error) => {
    const takesLong = isSlow(slow, durationMs)
    if (!metrics.isOn && !takesLong) return
    const statement = statementName(text)
    metrics.statements.observe([statement], durationMs / 1000)
    if (error !== undefined) metrics.failedStatements.inc({ statement })
    if (!takesLong) return
    const reason = error === undefined ? {} : { reason: messageOf(error) }
    log.warn('A statement took long.', { statement, durationMs: Math.round(durationMs), ...reason })
  }
}

/** Counts HTTP requests and, with `logs`, writes a line for each. */
export function requestObserver({ metrics, log }: ObserverOptions, logs: boolean): RequestObserver {
  return (request, response, route, scope) => {
    const startedMs = performance.now()
    // Not `once`, which takes as long as all the rest, for what comes once.
    response.on('close', () => {
      const durationMs = performance.now() - startedMs
      const streams = isStream(response)
      const status = statusClass(response, streams)
      if (streams) metrics.streams.inc({ route, status })
      else metrics.responses.observe([route, status], durationMs / 1000)
      // Named, because a client that goes away is noticed outside of what serves it.
      if (logs) logRequest(log, scope, request, response, durationMs)
    })
  }
}

function logRequest(
  log: Logger,
  scope: RequestScope,
  { method, url }: IncomingMessage,
  response: SentResponse,
  durationMs: number,
): void {
  const length = response.bodyBytes ?? response.getHeader('content-length')
  log.info('Request.', {
    ...scope,
    method,
    // What follows the question mark may be a whole document, and what its sender searches for. Who knows the link of a mail
    // may end the digest of its reader.
    path: url?.replace(/\?.*$/s, '').replace(/^\/mail\/[^/]+/, '/mail/…'),
    status: response.headersSent ? response.statusCode : undefined,
    ...(length !== undefined && { bytes: Number(length) }),
    durationMs: Math.round(durationMs * 10) / 10,
    ...(!response.writableFinished && { cut: true }),
  })
}

const statusClasses = ['cut', '1xx', '2xx', '3xx', '4xx', '5xx']

function statusClass(response: ServerResponse, streams: boolean): string {
  const isWhole = response.headersSent && (streams || response.writableFinished)
  return statusClasses[isWhole ? Math.floor(response.statusCode / 100) : 0] ?? 'cut'
}

function isStream(response: SentResponse): boolean {
  // Of most the length of the body is known, which spares the look-up of a header.
  if (response.bodyBytes !== undefined) return false
  return String(response.getHeader('content-type') ?? '').startsWith('text/event-stream')
}

/** Between two lines about tokens that fail for one reason: somebody who guesses must not fill the disk. */
const tokenLineIntervalMs = 10_000

/** Counts tokens that give no rights, and writes a line about the first of each reason in a while. */
export function observedTokens({ metrics, log }: ObserverOptions, viewerOf: ViewerOf): ViewerOf {
  const unlogged = new Map<TokenFault, { count: number; loggedAtMs: number }>()
  const look = (viewer: Viewer): Viewer => {
    const { tokenFault: reason } = viewer
    if (reason === undefined) return viewer
    metrics.refusedTokens.inc({ reason })
    const now = performance.now()
    const before = unlogged.get(reason) ?? { count: 0, loggedAtMs: Number.NEGATIVE_INFINITY }
    if (now - before.loggedAtMs < tokenLineIntervalMs) before.count += 1
    else {
      log.info('A token gives no rights.', {
        reason,
        ...(before.count > 0 && { moreSinceTheLastLine: before.count }),
      })
      unlogged.set(reason, { count: 0, loggedAtMs: now })
    }
    return viewer
  }
  return (authorization) => {
    const viewer = viewerOf(authorization)
    return viewer instanceof Promise ? viewer.then(look) : look(viewer)
  }
}
