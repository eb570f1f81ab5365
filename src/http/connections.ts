import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { ApiError } from '../../schema/core/errors.ts'
import { ClientCounts } from '../client-counts.ts'
import { noteClientFault } from '../client-faults.ts'
import { noteConnection } from '../client-turns.ts'
import { type Clock, every } from '../clock.ts'
import type { Logger } from '../log.ts'
import type { ClientAddress } from './client-address.ts'
import { ClientConnection } from './connection.ts'

export interface ConnectionLimits {
  readonly perServer: number
  /** Of one client: connections, or requests at the same time that a trusted proxy sends for it. */
  readonly perAddress: number
  /** Bytes that wait in this process for all clients, and for one. */
  readonly unsentBytes: number
  readonly unsentBytesPerAddress: number
  /** Milliseconds without progress before a response that is not read is cut. */
  readonly stallAfterMs: number
  /** The same for WebSockets and event streams. */
  readonly streamStallAfterMs: number
}

export interface ConnectionsOptions {
  readonly limits: ConnectionLimits
  readonly addressOf: ClientAddress
  readonly clock: Clock
  readonly log: Logger
}

const sweepIntervalMs = 500
/** Connections beyond the limits that are answered at the same time. What comes on top is cut unanswered. */
const refusedAtOnce = 1_000

/**
 * All TCP connections of the HTTP server: how many there are, by client, and what waits for them. Those beyond a limit
 * are answered with a code, because a client takes a cut for an outage and comes back at once.
 */
export class Connections {
  readonly #options: ConnectionsOptions
  readonly #bySocket = new Map<Socket, ClientConnection>()
  readonly #counts = new ClientCounts()
  #refused = 0

  constructor(options: ConnectionsOptions) {
    this.#options = options
  }

  /** Looks after the connections of a server until it is closed. */
  watch(server: Server): void {
    server.on('connection', (socket: Socket) => this.#accept(socket))
    // A server that cannot listen is never closed, and nothing may keep its process alive.
    const start = () => {
      const stop = every(this.#options.clock, sweepIntervalMs, () => this.#sweep())
      server.once('close', stop)
    }
    if (server.listening) start()
    else server.once('listening', start)
  }

  /** Bytes that wait in this process for all clients. */
  get unsentBytes(): number {
    let bytes = 0
    for (const connection of this.#bySocket.values()) bytes += connection.unsentBytes
    return bytes
  }

  /** Counts a request, and says whose it is. Throws ApiError for one that is beyond a limit. */
  admit(request: IncomingMessage, response: ServerResponse): string {
    const connection = this.#bySocket.get(request.socket)
    if (!connection) return 'unknown'
    connection.add(response)
    if (connection.refusal) {
      response.setHeader('connection', 'close')
      throw connection.refusal
    }
    // Of a proxy. One that pipelines serves one client for as long.
    if (connection.client !== undefined) return connection.client
    const client = this.#options.addressOf(request)
    const refusal = this.#refusalOf(client)
    if (refusal) throw refusal
    this.#give(connection, client)
    response.once('close', () => this.#takeBack(connection))
    return client
  }

  /** Counts a request for another protocol, which has the connection from now on. Returns why it is refused. */
  admitUpgrade(request: IncomingMessage): ApiError | undefined {
    const connection = this.#bySocket.get(request.socket)
    if (!connection) return undefined
    connection.isUpgraded = true
    if (connection.client === undefined) this.#give(connection, this.#options.addressOf(request))
    return connection.refusal
  }

  #accept(socket: Socket): void {
    noteConnection()
    const { addressOf, limits } = this.#options
    const client = addressOf.ofPeer(socket.remoteAddress)
    const refusal =
      this.#bySocket.size - this.#refused >= limits.perServer ? serverIsFull(limits) : this.#refusalOf(client)
    if (refusal && this.#refused >= refusedAtOnce) {
      socket.destroy()
      return
    }
    const connection = new ClientConnection(socket, undefined, refusal)
    this.#bySocket.set(socket, connection)
    if (refusal) this.#refused += 1
    else if (client !== undefined) this.#give(connection, client)
    socket.once('close', () => {
      this.#bySocket.delete(socket)
      if (refusal) this.#refused -= 1
      this.#takeBack(connection)
    })
  }

  #refusalOf(client: string | undefined): ApiError | undefined {
    const { limits } = this.#options
    const isTooMany = client !== undefined && this.#counts.of(client) >= limits.perAddress
    return isTooMany ? tooManyConnections(limits) : undefined
  }

  #give(connection: ClientConnection, client: string): void {
    connection.client = client
    this.#counts.increment(client)
  }

  #takeBack(connection: ClientConnection): void {
    if (connection.client !== undefined) this.#counts.decrement(connection.client)
    connection.client = undefined
  }

  /** Cuts connections that take nothing, and those for which too much waits: of the client with most, the oldest first. */
  #sweep(): void {
    const { limits, clock } = this.#options
    const nowMs = clock.now().getTime()
    const byClient = new Map<string, Holding>()
    let total = 0
    for (const connection of this.#bySocket.values()) {
      connection.look(nowMs)
      const bytes = connection.unsentBytes
      if (bytes === 0) continue
      const { stalledSinceMs = nowMs, isStream } = connection
      const patienceMs = isStream ? limits.streamStallAfterMs : limits.stallAfterMs
      if (nowMs - stalledSinceMs >= patienceMs) {
        this.#cut(connection, `Nothing was read for ${patienceMs} ms.`)
        continue
      }
      const client = connection.client ?? 'unknown'
      const holding = byClient.get(client) ?? { bytes: 0, connections: [] }
      holding.bytes += bytes
      holding.connections.push(connection)
      byClient.set(client, holding)
      total += bytes
    }
    for (const holding of [...byClient.values()].sort((one, other) => other.bytes - one.bytes)) {
      const allowed = Math.min(limits.unsentBytesPerAddress, holding.bytes - (total - limits.unsentBytes))
      total -= this.#reduce(holding, allowed)
    }
  }

  /** Cuts connections of a client until no more than the allowed bytes wait for it. Returns how many were dropped. */
  #reduce({ bytes, connections }: Holding, allowed: number): number {
    let left = bytes
    connections.sort((one, other) => (one.stalledSinceMs ?? 0) - (other.stalledSinceMs ?? 0))
    for (const connection of connections) {
      if (left <= allowed) break
      left -= connection.unsentBytes
      this.#cut(connection, `${left} bytes wait for this client.`)
    }
    return bytes - left
  }

  #cut({ socket }: ClientConnection, reason: string): void {
    this.#options.log.debug('A connection was cut, because its client does not read.', { reason })
    noteClientFault(this.#options.log, 'CLIENT_DOES_NOT_READ')
    socket.destroy()
  }
}

/** What waits for one client. */
interface Holding {
  bytes: number
  readonly connections: ClientConnection[]
}

function tooManyConnections({ perAddress }: ConnectionLimits): ApiError {
  return new ApiError(
    'TOO_MANY_CONNECTIONS',
    `Your address has ${perAddress} connections or requests at the same time (the limit). Close some, or use those that are open for several requests.`,
  )
}

function serverIsFull({ perServer }: ConnectionLimits): ApiError {
  return new ApiError(
    'OVERLOADED',
    `This server has ${perServer} connections (the limit). Try another server, or try again later.`,
  )
}
