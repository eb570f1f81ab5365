import { type Server, type ServerResponse, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { type ErrorCode, statusOf } from '../../schema/core/error-codes.ts'
import { ApiError } from '../../schema/core/errors.ts'
import { plainError } from '../client-errors.ts'
import { noteClientFault } from '../client-faults.ts'
import type { Logger } from '../log.ts'
import { refuse } from './respond.ts'

/**
 * Answers what is not an HTTP request, or comes too slowly, in the form of all other refusals. Whatever happens to a
 * connection is its client's fault, and worth a line to nobody but who looks for it.
 *
 * @param responseOf the response to the newest request of a connection.
 */
export function answerConnectionErrors(
  server: Server,
  responseOf: (socket: Duplex) => ServerResponse | undefined,
  log: Logger,
): void {
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    log.debug('A connection failed.', { reason: error.message })
    noteClientFault(log, error.code ?? 'CONNECTION_FAILED')
    const response = responseOf(socket)
    const isAnswering = response !== undefined && !response.writableFinished
    if (error.code === 'ECONNRESET' || !socket.writable || (isAnswering && response.headersSent)) {
      socket.destroy()
      return
    }
    if (isAnswering && response.req.complete) {
      // It came whole, before what failed: it gets its answer, and the connection ends with that.
      response.shouldKeepAlive = false
      return
    }
    const refusal = refusalFor(error.code)
    if (isAnswering) {
      response.setHeader('connection', 'close')
      refuse(response, refusal)
      return
    }
    const status = statusOf(refusal.extensions.code)
    const body = `${JSON.stringify({ error: plainError(refusal) })}\n`
    const head = [
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
      'connection: close',
      'content-type: application/json; charset=utf-8',
      `content-length: ${Buffer.byteLength(body)}`,
    ]
    socket.write(`${head.join('\r\n')}\r\n\r\n${body}`)
    // An http.Server gives the TCP socket itself.
    ;(socket as Socket).destroySoon()
  })
}

function refusalFor(code: string | undefined): ApiError {
  switch (code) {
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return refusal('REQUEST_TIMEOUT', 'The request did not arrive in time. Send it again.')
    case 'HPE_HEADER_OVERFLOW':
      return refusal('HEADERS_TOO_LARGE', 'The headers of the request are too large. Send shorter ones.')
    default:
      return refusal(
        'BAD_REQUEST',
        'This is not an HTTP/1.1 request. Check the client, or the proxy before it.',
      )
  }
}

function refusal(code: ErrorCode, message: string): ApiError {
  return new ApiError(code, message)
}
