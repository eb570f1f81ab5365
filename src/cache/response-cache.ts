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

/** A value, or a promise of it where something has to be waited for. */
type Pending<Value> = Value | Promise<Value>

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
  /** The reading of the version that was begun last, and whether the version could be read. */
  #reading: Promise<string> | undefined
  #current: Promise<boolean> = Promise.resolve(false)
  readonly #counts = { kept: 0, made: 0 }
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

  /** Responses since the start: those that were kept, by this question or by another one at the same time, and others. */
  get counts(): { readonly kept: number; readonly made: number } {
    return this.#counts
  }

  /**
   * The kept response to a question, or what `make` makes; of those who ask the same at the same time, one makes it.
   * `key` names all that the response depends on beside the database: the question, the rights of who asks, the media
   * type, and the time if it matters, e.g. the date for a page of today. `make` may resolve with undefined where there is
   * no response to this question.
   */
  respond(key: string, make: () => Promise<Made>): Pending<KeptResponse>
  respond(key: string, make: () => Pending<Made | undefined>): Pending<KeptResponse | undefined>
  respond(key: string, make: () => Pending<Made | undefined>): Pending<KeptResponse | undefined> {
    if (!this.isOn) {
      const made = make()
      return made instanceof Promise ? made.then(responseOf) : made?.response
    }
    if (!this.#kept.has(key) && !this.#making.has(key)) return this.#make(key, make)
    return this.#isCurrent().then((isCurrent) => {
      const kept = isCurrent ? (this.#kept.get(key) ?? this.#making.get(key)) : undefined
      if (kept instanceof Promise) return kept.then((made) => this.#given(made) ?? this.#make(key, make))
      return this.#given(kept) ?? this.#make(key, make)
    })
  }

  #given(kept: KeptResponse | undefined): KeptResponse | undefined {
    if (kept) this.#counts.kept += 1
    return kept
  }

  #make(key: string, make: () => Pending<Made | undefined>): Pending<KeptResponse | undefined> {
    this.#counts.made += 1
    // Read before anything of the response is.
    const version = this.#known
    const making = this.#making
    if (version === undefined) void this.#isCurrent()
    const keep = (made: Made | undefined) => {
      if (made?.isKept && version !== undefined && version === this.#known) this.#keep(key, made.response)
      return made?.response
    }
    const pending = make()
    if (!(pending instanceof Promise)) return keep(pending)
    if (version === undefined || making.has(key)) return pending.then(keep)
    const forOthers = pending.then((made) => (made?.isKept ? made.response : undefined))
    making.set(
      key,
      forOthers.catch(() => undefined),
    )
    return pending.then(keep).finally(() => making.delete(key))
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
  #isCurrent(): Promise<boolean> {
    const reading = this.#version()
    // One answer to all who share one reading.
    if (reading !== this.#reading) {
      this.#reading = reading
      this.#current = reading.then(
        (version) => this.#note(version),
        () => false,
      )
    }
    return this.#current
  }

  #note(version: string): true {
    if (version === this.#known) return true
    this.#known = version
    this.#kept.clear()
    this.#making = new Map()
    return true
  }
}

function responseOf(made: Made | undefined): KeptResponse | undefined {
  return made?.response
}
