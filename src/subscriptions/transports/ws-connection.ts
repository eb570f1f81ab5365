import type { IncomingHttpHeaders } from 'node:http'
import type { Socket } from 'node:net'
import type { WebSocket } from 'ws'
import { clientIdHeader } from '../../client-points.ts'
import type { Clock } from '../../clock.ts'
import type { EndReason, Frame, Sink, Subscription } from '../frame.ts'
import { fittingFrames, JoinedFrames, whenFlushed } from './joined-frames.ts'
import type { PushedResults } from './pushed-results.ts'
import { textMessages } from './ws-framing.ts'

export interface ConnectionOptions {
  /** Bytes that may wait for one client in this process; results beyond stay in the log. */
  readonly sendBuffer: number
  /** Milliseconds without progress before a stalled client is disconnected. */
  readonly stallAfterMs: number
  /** Milliseconds in which a message that has begun must be complete. */
  readonly messageTimeoutMs: number
  readonly clock: Clock
}

/** Close code "try again later": the client is to come back, with a cursor. */
export const tryAgainLater = 1013
const serviceRestart = 1012
/** As graphql-ws numbers it: 4000 and the status of HTTP. */
const messageTooLate = 4408

const messages = new JoinedFrames(textMessages)

/** One WebSocket: what waits in it, which subscriptions wait for it, and whether the peer is alive. */
export class WebSocketConnection {
  readonly socket: WebSocket
  /** Of the request that opened it. The request itself takes as much memory as all else that is kept of a connection. */
  readonly authorization: string | undefined
  readonly clientId: string | string[] | undefined
  readonly address: string
  /** Resolves when the socket is closed. */
  readonly ended: Promise<void>
  readonly #raw: Socket
  readonly #bound: number
  readonly #stallAfterMs: number
  readonly #clock: Clock
  readonly #waiting = new Set<Subscription>()
  readonly #end: () => void
  readonly #onLeave = new Set<() => void>()
  readonly #restarts: Extract<EndReason, { kind: 'restart' }>[] = []
  readonly #messageTimeoutMs: number
  #isAlive = true
  #awaitsRoom = false
  /** Since when a message is incomplete, in milliseconds. */
  #incompleteSince: number | undefined

  constructor(
    socket: WebSocket,
    raw: Socket,
    headers: IncomingHttpHeaders,
    address: string,
    { sendBuffer, stallAfterMs, messageTimeoutMs, clock }: ConnectionOptions,
  ) {
    this.socket = socket
    this.authorization = headers.authorization
    this.clientId = headers[clientIdHeader]
    this.address = address
    this.#raw = raw
    this.#bound = sendBuffer
    this.#stallAfterMs = stallAfterMs
    this.#clock = clock
    this.#messageTimeoutMs = messageTimeoutMs
    const { promise, resolve } = Promise.withResolvers<void>()
    this.ended = promise
    this.#end = resolve
    raw.on('data', () => this.#noteIncomplete())
    socket.on('pong', () => this.onSign())
    // It is answered with a pong, which waits like all else.
    socket.on('ping', () => this.#pauseIfFull())
  }

  /** Calls back when the socket closes; returns what takes it back. */
  onLeave(listener: () => void): () => void {
    this.#onLeave.add(listener)
    return () => void this.#onLeave.delete(listener)
  }

  /** A message of the protocol. Resolves when it has left the process: graphql-ws waits for that. */
  send(data: string): Promise<void> {
    if (isClosing(this.socket)) return Promise.resolve()
    return new Promise((resolve, reject) => {
      this.socket.send(data, (error) => (error && !isClosing(this.socket) ? reject(error) : resolve()))
      this.#pauseIfFull()
    })
  }

  /** Where the results of one operation go; `results` receives the error if it ends with a failure. */
  sinkFor(id: string, subscription: Subscription, results: PushedResults): Sink {
    const head = `{"id":${JSON.stringify(id)},"type":"next","payload":`
    return {
      transport: 'websocket',
      write: (frames) => this.#write(subscription, head, frames),
      end: (reason) => {
        this.#waiting.delete(subscription)
        this.#endOperation(reason, results)
      },
    }
  }

  /** A sign of life from the peer. */
  onSign(): void {
    this.#isAlive = true
  }

  /** Pings the peer; disconnects one that did not answer the last ping, or does not end a message that it began. */
  ping(): void {
    this.#noteIncomplete()
    if (this.#now() - (this.#incompleteSince ?? this.#now()) > this.#messageTimeoutMs) {
      this.socket.close(messageTooLate, 'The message did not arrive in time.')
      return
    }
    // A ping would only wait behind what the peer does not take. For how long, src/http/connections.ts says.
    if (this.#raw.writableLength > 0) return
    if (!this.#isAlive) {
      this.socket.terminate()
    } else if (!isClosing(this.socket)) {
      this.#isAlive = false
      this.socket.ping()
    }
  }

  /** Closes for a restart, and says when to come back and, where there is one subscription, after what. */
  restart(retryAfterMs: number): void {
    const [only, ...others] = this.#restarts
    const delayMs = only?.retryAfterMs ?? retryAfterMs
    const resume = only && others.length === 0 ? ` after ${only.cursor}` : ''
    if (!isClosing(this.socket)) {
      this.socket.close(serviceRestart, `Restarting. Connect again in ${delayMs} ms${resume}.`)
    }
  }

  /** Frees what it holds, once the socket is closed. */
  dispose(): void {
    this.#waiting.clear()
    for (const listener of [...this.#onLeave]) listener()
    this.#end()
  }

  #now(): number {
    return this.#clock.now().getTime()
  }

  #write(subscription: Subscription, head: string, frames: readonly Frame[]): number {
    // What is written to a socket that is closing goes nowhere, and its subscriptions are about to be left.
    if (isClosing(this.socket)) return frames.length
    const taken = fittingFrames(frames, this.#bound - this.#raw.writableLength)
    // Past `ws`, which sends each message by itself: whole messages between its own.
    if (taken > 0) this.#raw.write(messages.of(frames, taken, head))
    if (taken < frames.length) {
      this.#waiting.add(subscription)
      this.#resumeWithRoom()
    }
    return taken
  }

  /** Reads nothing more of a peer that does not read: its messages would be answered, and the answers kept. */
  #pauseIfFull(): void {
    if (this.#raw.writableLength <= this.#bound) return
    this.socket.pause()
    this.#resumeWithRoom()
  }

  #resumeWithRoom(): void {
    if (this.#awaitsRoom) return
    this.#awaitsRoom = true
    whenFlushed(this.#raw, () => this.#resume())
  }

  /** ws tells of messages when they are complete; what it holds until then, or a little longer, is in its receiver alone. */
  #noteIncomplete(): void {
    const { _receiver: receiver } = this.socket as unknown as { _receiver: Receiver }
    const isIncomplete = receiver._bufferedBytes > 0 || receiver._state !== 0 || receiver._fragmented !== 0
    this.#incompleteSince = isIncomplete ? (this.#incompleteSince ?? this.#now()) : undefined
  }

  #resume(): void {
    this.#awaitsRoom = false
    this.socket.resume()
    const waiting = [...this.#waiting]
    this.#waiting.clear()
    for (const subscription of waiting) subscription.resume()
  }

  #endOperation(reason: EndReason, results: PushedResults): void {
    if (reason.kind === 'failed') results.fail(reason.error)
    else if (reason.kind === 'stalled') {
      this.socket.close(
        tryAgainLater,
        `Nothing was read for ${this.#stallAfterMs} ms. Resume after ${reason.cursor}.`,
      )
    } else {
      this.#restarts.push(reason)
    }
  }
}

/** Of ws: bytes that are not decoded yet, the part of a frame that comes next (0: a new one), the message begun. */
interface Receiver {
  readonly _bufferedBytes: number
  readonly _state: number
  readonly _fragmented: number
}

function isClosing(socket: WebSocket): boolean {
  return socket.readyState !== socket.OPEN
}
