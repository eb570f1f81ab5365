import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { WebSocket } from 'ws'
import type { End, Frame, Sink, Subscription } from '../frame.ts'
import type { Pushing } from './yoga-plugin.ts'

export interface ConnectionOptions {
  /** Bytes that may wait for one client in this process; results beyond stay in the log. Default 256 Ki. */
  readonly sendBuffer: number
  /** Milliseconds in which nothing of what waits was taken, until the socket is cut. Default 60,000. */
  readonly stallAfter: number
}

/** Try again later: the client is to come back, with a cursor. */
const tryAgainLater = 1013
const serviceRestart = 1012
const forbidden = 4403

/** One WebSocket: what waits in it, who waits for it, and whether anybody is there. */
export class Connection {
  readonly socket: WebSocket
  readonly request: IncomingMessage
  readonly address: string
  /** Resolves when the socket is closed. */
  readonly ended: Promise<void>
  readonly #raw: Socket
  readonly #bound: number
  readonly #stallAfter: number
  readonly #waiting = new Set<Subscription>()
  readonly #end: () => void
  readonly #restarts: Extract<End, { kind: 'restart' }>[] = []
  #answered = true
  #flushed = 0
  #progressAt = Date.now()
  #expiry: NodeJS.Timeout | undefined

  constructor(
    socket: WebSocket,
    raw: Socket,
    request: IncomingMessage,
    address: string,
    { sendBuffer = 256 * 1024, stallAfter = 60_000 }: Partial<ConnectionOptions>,
  ) {
    this.socket = socket
    this.request = request
    this.address = address
    this.#raw = raw
    this.#bound = sendBuffer
    this.#stallAfter = stallAfter
    const { promise, resolve } = Promise.withResolvers<void>()
    this.ended = promise
    this.#end = resolve
    raw.on('drain', () => this.#resume())
    socket.on('pong', () => this.heard())
  }

  /** A message of the protocol. Resolves when it has left the process: graphql-ws waits for that. */
  send(data: string): Promise<void> {
    if (isClosing(this.socket)) return Promise.resolve()
    return new Promise((resolve, reject) => {
      this.socket.send(data, (error) => (error && !isClosing(this.socket) ? reject(error) : resolve()))
    })
  }

  /** The way of one operation's results. */
  sinkFor(id: string): Pushing['makeSink'] {
    const head = `{"id":${JSON.stringify(id)},"type":"next","payload":`
    return (subscription, fail): Sink => ({
      write: (frames) => this.#write(subscription, head, frames),
      end: (end) => {
        this.#waiting.delete(subscription)
        this.#endOperation(end, fail)
      },
    })
  }

  /** The peer has said something. */
  heard(): void {
    this.#answered = true
  }

  /** Lets go of a peer that did not answer the last ping, or takes nothing of what waits for it. */
  ping(): void {
    const flushed = this.#raw.bytesWritten - this.#raw.writableLength
    if (flushed !== this.#flushed) this.#progressAt = Date.now()
    this.#flushed = flushed
    // A ping would only wait behind what the peer does not take.
    if (this.#raw.writableLength > 0) {
      if (Date.now() - this.#progressAt > 2 * this.#stallAfter) this.socket.terminate()
      return
    }
    if (!this.#answered) {
      this.socket.terminate()
    } else if (!isClosing(this.socket)) {
      this.#answered = false
      this.socket.ping()
    }
  }

  /** Closes for a restart, and says when to come back and, where there is one subscription, after what. */
  restart(retryAfterMs: number): void {
    const [only, ...others] = this.#restarts
    const when = only?.retryAfterMs ?? retryAfterMs
    const where = only && others.length === 0 ? ` after ${only.cursor}` : ''
    if (!isClosing(this.socket)) {
      this.socket.close(serviceRestart, `Restarting. Connect again in ${when} ms${where}.`)
    }
  }

  /** Closes the socket when the client's rights end. Its cursors stay good for a new one. */
  expireAt(moment: Date): void {
    clearTimeout(this.#expiry)
    // Timers count to 2^31 ms at most; whoever stays for 24 days is asked to come back.
    const left = Math.min(Math.max(0, moment.getTime() - Date.now()), 2 ** 31 - 1)
    this.#expiry = setTimeout(() => {
      this.socket.close(forbidden, 'Your token has expired. Connect with a new one, after your last cursor.')
    }, left).unref()
  }

  dispose(): void {
    clearTimeout(this.#expiry)
    this.#waiting.clear()
    this.#end()
  }

  #write(subscription: Subscription, head: string, frames: readonly Frame[]): number {
    // What is written to a socket that is closing goes nowhere, and its subscriptions are about to be left.
    if (isClosing(this.socket)) return frames.length
    const raw = this.#raw
    if (frames.length > 1) raw.cork()
    let taken = 0
    for (const { text } of frames) {
      if (raw.writableLength > this.#bound) {
        this.#waiting.add(subscription)
        break
      }
      this.socket.send(`${head}${text}}`)
      taken += 1
    }
    if (frames.length > 1) raw.uncork()
    return taken
  }

  #resume(): void {
    const waiting = [...this.#waiting]
    this.#waiting.clear()
    for (const subscription of waiting) subscription.resume()
  }

  #endOperation(end: End, fail: (error: Error) => void): void {
    if (end.kind === 'failed') fail(end.error)
    else if (end.kind === 'stalled') {
      this.socket.close(
        tryAgainLater,
        `Nothing was read for ${this.#stallAfter} ms. Resume after ${end.cursor}.`,
      )
    } else {
      this.#restarts.push(end)
    }
  }
}

function isClosing(socket: WebSocket): boolean {
  return socket.readyState !== socket.OPEN
}
