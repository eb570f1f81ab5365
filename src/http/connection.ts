import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { ApiError } from '../../schema/core/errors.ts'

/** One TCP connection of the HTTP server: whose it is, and what waits in this process until its client reads it. */
export class ClientConnection {
  readonly socket: Socket
  /** By whom it is counted. Of a proxy, the client whose request it serves; undefined between requests. */
  client: string | undefined
  /** What its requests are answered with, where it is one too many. */
  readonly refusal: ApiError | undefined
  /** Since when nothing has left, in milliseconds; undefined while nothing waits. */
  stalledSinceMs: number | undefined
  /** Whether WebSocket took it over. */
  isUpgraded = false
  #responses: ServerResponse[] = []
  #passedOn = 0
  #inKernelQueue = 0

  constructor(socket: Socket, client: string | undefined, refusal: ApiError | undefined) {
    this.socket = socket
    this.client = client
    this.refusal = refusal
  }

  /** Remembers a response that is being made. Clients that pipeline have several. */
  add(response: ServerResponse): void {
    const waiting = this.#responses
    if (waiting.length === 1 && waiting[0]?.writableFinished) waiting[0] = response
    else this.#responses = [...waiting.filter(({ writableFinished }) => !writableFinished), response]
  }

  /** Bytes that wait in this process, those of pipelined responses included. */
  get unsentBytes(): number {
    const { writableLength } = this.socket
    let bytes = writableLength
    // A response that has a socket counts the socket's bytes as its own.
    for (const { socket, writableLength: waiting } of this.#responses) if (socket === null) bytes += waiting
    return bytes
  }

  /** Whether it carries events for as long as the client wants. */
  get isStream(): boolean {
    const [response] = this.#responses
    return this.isUpgraded || String(response?.getHeader('content-type')).startsWith('text/event-stream')
  }

  /** Notes what has left by now, and since when nothing has. */
  look(nowMs: number): void {
    const passedOn = this.socket.bytesWritten - this.socket.writableLength
    const inKernelQueue = queueOf(this.socket)
    const hasMoved = passedOn !== this.#passedOn || inKernelQueue !== this.#inKernelQueue
    this.#passedOn = passedOn
    this.#inKernelQueue = inKernelQueue
    if (this.socket.writableLength === 0) this.stalledSinceMs = undefined
    else if (hasMoved) this.stalledSinceMs = nowMs
    else this.stalledSinceMs ??= nowMs
  }
}

/**
 * What is left of the write that is under way: a response of megabytes is one. Node's own timeouts of sockets look at
 * the same number, but take bytes that arrive for progress.
 */
function queueOf(socket: Socket): number {
  return (socket as { _handle?: { writeQueueSize?: number } | null })._handle?.writeQueueSize ?? 0
}
