import { LRUCache } from 'lru-cache'
import type { KeptResponse } from './kept-response.ts'

export interface ResponseCacheOptions {
  /** Bytes of all that is kept, keys and compressed forms included; 0 keeps nothing. */
  readonly maxBytes: number
  /**
   * The version of all that responses are made from, as it is after the call (see db/version.ts). Two equal versions
   * mean that nothing was committed between them.
   */
  readonly version: () => Promise<string>
}

/** What a question was answered with. */
export interface Made {
  readonly response: KeptResponse
  /** Whether the next one who asks may get the same while nothing is committed: no error, and nothing of the clock. */
  readonly isKept: boolean
}

/** Beside its bytes, roughly what a kept response takes in memory: objects, headers, and its place in the list. */
const bytesOfEntry = 600
/** Of all bytes, the share that one response may take. */
const largestShare = 1 / 4

/**
 * Responses that are kept while nothing is committed to the database, by the text of the question and all else that the
 * response depends on. Exact, whoever writes: before a kept response is given, the version is read again, and only a
 * response that was begun at a version read earlier and equal to this one is given. Everything that was committed
 * before the question is thus in the response. Questions that come together share one reading of the version.
 *
 * Where nothing is kept for a question, it is answered without waiting for a version.
 */
export class ResponseCache {
  readonly #version: () => Promise<string>
  readonly #maxBytes: number
  readonly #kept: LRUCache<string, KeptResponse>
  /** Responses that are being made, begun at the version known. */
  #making = new Map<string, Promise<KeptResponse | undefined>>()
  /** The last version read: all that is kept was begun at it. */
  #known: string | undefined

  constructor({ maxBytes, version }: ResponseCacheOptions) {
    this.#version = version
    this.#maxBytes = maxBytes
    this.#kept = new LRUCache({
      // Without a limit of bytes, the list would have none at all.
      maxSize: Math.max(1, maxBytes),
      maxEntrySize: Math.max(1, Math.floor(maxBytes * largestShare)),
      sizeCalculation: (response, key) => bytesOfEntry + 2 * key.length + response.bytes,
    })
  }

  /** Whether anything is kept. */
  get isOn(): boolean {
    return this.#maxBytes > 0
  }

  /** What is kept: responses, and their bytes. */
  get held(): { responses: number; bytes: number } {
    return { responses: this.#kept.size, bytes: this.#kept.calculatedSize }
  }

  /**
   * The kept response to a question, or what `make` makes; of those who ask the same at the same time, one makes it.
   * `key` names all that the response depends on beside the database: the question, the rights of who asks, the media
   * type, and the time if it matters, e.g. the date for a page of today. `make` may resolve with undefined where there is
   * no response to this question.
   */
  respond(key: string, make: () => Promise<Made>): Promise<KeptResponse>
  respond(key: string, make: () => Promise<Made | undefined>): Promise<KeptResponse | undefined>
  async respond(key: string, make: () => Promise<Made | undefined>): Promise<KeptResponse | undefined> {
    if (!this.isOn) return (await make())?.response
    if ((this.#kept.has(key) || this.#making.has(key)) && (await this.#isCurrent())) {
      const making = this.#making.get(key)
      const kept = this.#kept.get(key) ?? (making && (await making))
      if (kept) return kept
    }
    return this.#make(key, make)
  }

  /** The kept response to a question, if it holds still. Undefined at once where none is kept. */
  find(key: string): Promise<KeptResponse | undefined> | undefined {
    return this.#kept.has(key) ? this.#findCurrent(key) : undefined
  }

  async #findCurrent(key: string): Promise<KeptResponse | undefined> {
    return (await this.#isCurrent()) ? this.#kept.get(key) : undefined
  }

  async #make(key: string, make: () => Promise<Made | undefined>): Promise<KeptResponse | undefined> {
    // Read before anything of the response is.
    const version = this.#known
    const making = this.#making
    if (version === undefined) void this.#isCurrent()
    const { promise, resolve } = Promise.withResolvers<KeptResponse | undefined>()
    const isFirst = version !== undefined && !making.has(key)
    if (isFirst) making.set(key, promise)
    let kept: KeptResponse | undefined
    try {
      const made = await make()
      if (made?.isKept) kept = made.response
      if (kept && version !== undefined && version === this.#known) this.#keep(key, kept)
      return made?.response
    } finally {
      if (isFirst) making.delete(key)
      resolve(kept)
    }
  }

  #keep(key: string, response: KeptResponse): void {
    this.#kept.set(key, response)
    response.onGrowth = () => {
      if (this.#kept.peek(key) !== response) return
      // Set anew, or its size would stay what it was.
      this.#kept.delete(key)
      this.#kept.set(key, response)
    }
  }

  /** Reads the version, and forgets everything if it is another one. False if it cannot be read. */
  async #isCurrent(): Promise<boolean> {
    try {
      const version = await this.#version()
      if (version === this.#known) return true
      this.#known = version
      this.#kept.clear()
      this.#making = new Map()
      return true
    } catch {
      return false
    }
  }
}
