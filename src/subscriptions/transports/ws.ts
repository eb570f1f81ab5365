import { type IncomingMessage, type Server, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { CloseCode, handleProtocols, type Server as Protocol } from 'graphql-ws'
import { type WebSocket, WebSocketServer } from 'ws'
import { codeOf } from '../../../db/error.ts'
import { statusOf } from '../../../schema/core/error-codes.ts'
import { ClientCounts } from '../../client-counts.ts'
import { noteClientFault } from '../../client-faults.ts'
import { every } from '../../clock.ts'
import { textOf } from '../../graphql/body.ts'
import type { ClientAddress } from '../../http/client-address.ts'
import type { Connections } from '../../http/connections.ts'
import { normalizeTarget, pathOf, requestScopeOf } from '../../http/request.ts'
import { type Logger, type RequestScope, requestScope } from '../../log.ts'
import { logFailure } from '../../log-failure.ts'
import { mayConnect } from '../../origins.ts'
import { type ConnectionOptions, tryAgainLater, WebSocketConnection } from './ws-connection.ts'
import { createProtocol, type ProtocolOptions } from './ws-protocol.ts'

export interface WebSocketOptions extends ConnectionOptions, ProtocolOptions {
  readonly log: Logger
  /** Origins whose pages may connect, beside those of this host; `*` for all. */
  readonly origins: readonly string[]
  readonly addressOf: ClientAddress
  readonly maxMessageBytes: number
  /** Milliseconds in which a message that has begun must be complete. */
  readonly messageTimeoutMs: number
  /** Who gets a connection at all. Without it, everybody. */
  readonly connections?: Connections
  readonly maxSockets: number
  readonly maxSocketsPerAddress: number
  /** Milliseconds between pings; a peer that is silent for two of them is disconnected. */
  readonly pingIntervalMs: number
}

/** The WebSockets on `/graphql` of a server that listens: who gets one, whether it lives, and its end. */
export class WebSockets {
  readonly #server: Server
  readonly #options: WebSocketOptions
  readonly #upgrader: WebSocketServer
  readonly #protocol: Protocol<WebSocketConnection>
  readonly #connections = new Set<WebSocketConnection>()
  readonly #addresses = new ClientCounts()
  readonly #stopPings: () => void
  #closing = false

  constructor(server: Server, options: WebSocketOptions) {
    const { maxMessageBytes: maxPayload, clock, pingIntervalMs } = options
    this.#server = server
    this.#options = options
    // One message of a socket, and then the others have their turn: what arrives in one piece can be thousands.
    const oneAtATime = { allowSynchronousEvents: false }
    this.#upgrader = new WebSocketServer({ noServer: true, maxPayload, handleProtocols, ...oneAtATime })
    this.#protocol = createProtocol(options)
    this.#upgrader.on('headers', (headers) => {
      headers.push(`x-request-id: ${requestScope.getStore()?.requestId}`)
    })
    server.on('upgrade', this.#onUpgrade)
    this.#stopPings = every(clock, pingIntervalMs, () => {
      for (const connection of this.#connections) connection.ping()
    })
  }

  /** How many are open. */
  get size(): number {
    return this.#connections.size
  }

  /** Bytes that wait in this process for all clients. */
  get bufferedBytes(): number {
    let bytes = 0
    for (const { socket } of this.#connections) bytes += socket.bufferedAmount
    return bytes
  }

  /** Takes no new one, tells every client when to come back, and cuts those that have not left after `patienceMs`. */
  async close(spreadMs: number, patienceMs: number): Promise<void> {
    const { clock } = this.#options
    this.#closing = true
    this.#stopPings()
    const ended = [...this.#connections].map((connection) => connection.ended)
    for (const connection of this.#connections) connection.restart(Math.round(clock.random() * spreadMs))
    const left = new AbortController()
    const cut = () => {
      for (const { socket } of this.#connections) socket.terminate()
    }
    clock.wait(patienceMs, left.signal).then(cut, () => {})
    await Promise.all(ended)
    left.abort()
    this.#server.off('upgrade', this.#onUpgrade)
  }

  #onUpgrade = (request: IncomingMessage, raw: Duplex, head: Buffer): void => {
    normalizeTarget(request)
    const refusal = this.#upgradeRefusalFor(request)
    if (refusal) {
      this.#options.log.debug('A WebSocket was refused.', { refusal })
      noteClientFault(this.#options.log, `WEBSOCKET_REFUSED_${refusal}`)
      const status = `${refusal} ${STATUS_CODES[refusal]}`
      raw.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`)
      return
    }
    // It may offer others beside.
    request.headers.upgrade = 'websocket'
    const given = requestScopeOf(request)
    // A new id is a rope of a dozen pieces, which would take ten times its bytes for as long as the socket lives.
    const scope = { ...given, requestId: Buffer.from(given.requestId).toString() }
    requestScope.run(scope, () => {
      // An http.Server gives the TCP socket itself.
      this.#upgrader.handleUpgrade(request, raw, head, (socket) =>
        this.#accept(socket, request, raw as Socket, scope),
      )
    })
  }

  #upgradeRefusalFor(request: IncomingMessage): number | undefined {
    const { origins, connections } = this.#options
    if (pathOf(request) !== '/graphql') return 404
    if (!mayConnect(origins, request)) return 403
    const refusal = connections?.admitUpgrade(request)
    return refusal && statusOf(refusal.extensions.code)
  }

  #accept(socket: WebSocket, request: IncomingMessage, raw: Socket, scope: RequestScope): void {
    const { log } = this.#options
    socket.on('error', (error) => {
      log.debug('A WebSocket failed.', { reason: error.message })
      noteClientFault(log, codeOf(error) ?? 'WEBSOCKET_FAILED')
    })
    const address = this.#options.addressOf(request)
    const refusal = this.#refusalFor(address)
    if (refusal) {
      noteClientFault(log, 'TOO_MANY_WEBSOCKETS')
      socket.close(tryAgainLater, refusal)
      return
    }
    const connection = new WebSocketConnection(socket, raw, request.headers, address, this.#options)
    this.#connections.add(connection)
    this.#addresses.increment(address)
    const onClosed = this.#speak(connection, scope)
    socket.once('close', (code, reason) => {
      this.#connections.delete(connection)
      this.#addresses.decrement(address)
      connection.dispose()
      onClosed(code, String(reason)).catch((error) => {
        log.error('Closing a WebSocket failed.', { error })
      })
    })
  }

  #refusalFor(address: string): string | undefined {
    const { maxSockets, maxSocketsPerAddress } = this.#options
    if (this.#closing) return 'This server is about to stop. Try again.'
    if (this.#connections.size >= maxSockets)
      return `This server has ${maxSockets} connections (the limit). Try again later.`
    if (this.#addresses.of(address) >= maxSocketsPerAddress)
      return `Your address has ${maxSocketsPerAddress} connections (the limit).`
    return undefined
  }

  /**
   * Connects the protocol to a socket. Returns what is to be called when the socket has closed. Operations are logged
   * under the id of the request that opened it.
   */
  #speak(
    connection: WebSocketConnection,
    scope: RequestScope,
  ): (code: number, reason: string) => Promise<void> {
    const { socket } = connection
    return this.#protocol.opened(
      {
        protocol: socket.protocol,
        send: (data) => connection.send(data),
        close: (code, reason) => socket.close(code, reason),
        onMessage: (handle) =>
          socket.on('message', (data) => {
            connection.onSign()
            const message = textOf(data as Buffer)
            if (message === undefined) socket.close(CloseCode.BadRequest, 'Messages must be UTF-8.')
            else requestScope.run(scope, handle, message).catch((error) => this.#onFailure(socket, error))
          }),
      },
      connection,
    )
  }

  #onFailure(socket: WebSocket, error: Error): void {
    const { log } = this.#options
    // What only servers send. graphql-ws has no close code for it.
    if (/^Unexpected message of type /.test(error.message)) {
      log.debug('A WebSocket sent a message that is not one of clients.', { reason: error.message })
      noteClientFault(log, 'WEBSOCKET_BAD_MESSAGE')
      socket.close(CloseCode.BadRequest, 'Unexpected message received')
      return
    }
    logFailure(log, 'Handling a WebSocket message failed.', { error })
    socket.close(CloseCode.InternalServerError, 'Internal server error')
  }
}
