import type { Clock } from '../clock.ts'
import { isPromise, type Pending } from '../execution/execution.ts'

export interface SharedCacheOptions {
  /** Milliseconds after which a value is made anew, because what it shows grows stale. */
  readonly maxAgeMs: number
  /** Bound on the sum of the values' sizes; the value used longest ago goes first. */
  readonly maxSize: number
  readonly clock: Clock
}

interface Entry<Value> {
  readonly value: Pending<Value>
  /** 0 while it is made. */
  size: number
  /** Infinity while it is made: its age counts from when it is there. */
  expiresAtMs: number
}

/** What several subscribers want at about the same moment, made once. Failures are not kept. */
export class SharedCache<Value extends { readonly size: number }> {
  readonly #options: SharedCacheOptions
  /** Those used longest ago first. */
  readonly #entries = new Map<string, Entry<Value>>()
  #size = 0

  constructor(options: SharedCacheOptions) {
    this.#options = options
  }

  get held(): { count: number; size: number } {
    return { count: this.#entries.size, size: this.#size }
  }

  /** The value of a key that is there or being made; else `make` makes it, at once if nothing has to be waited for. */
  get(key: string, make: () => Pending<Value>): Pending<Value> {
    const known = this.#entries.get(key)
    if (known) this.#drop(key, known)
    const entry = known && known.expiresAtMs > this.#now() ? known : this.#make(key, make)
    this.#entries.set(key, entry)
    this.#size += entry.size
    this.#trim()
    return entry.value
  }

  /** Drops what is too old; to be called now and then. */
  dropOld(): void {
    const now = this.#now()
    for (const [key, entry] of this.#entries) if (entry.expiresAtMs <= now) this.#drop(key, entry)
  }

  #make(key: string, make: () => Pending<Value>): Entry<Value> {
    const value = make()
    if (!isPromise(value))
      return { value, size: Math.max(1, value.size), expiresAtMs: this.#now() + this.#options.maxAgeMs }
    const entry: Entry<Value> = { value, size: 0, expiresAtMs: Number.POSITIVE_INFINITY }
    value.then(
      ({ size }) => this.#keep(key, entry, Math.max(1, size)),
      () => this.#drop(key, entry),
    )
    return entry
  }

  #keep(key: string, entry: Entry<Value>, size: number): void {
    if (this.#entries.get(key) !== entry) return
    entry.size = size
    entry.expiresAtMs = this.#now() + this.#options.maxAgeMs
    this.#size += size
    this.#trim()
  }

  #trim(): void {
    for (const [oldest, { size: freed }] of this.#entries) {
      if (this.#size <= this.#options.maxSize) break
      if (freed === 0) continue // is being made
      this.#size -= freed
      this.#entries.delete(oldest)
    }
  }

  #drop(key: string, entry: Entry<Value>): void {
    if (this.#entries.get(key) !== entry) return
    this.#size -= entry.size
    this.#entries.delete(key)
  }

  #now(): number {
    return this.#options.clock.now().getTime()
  }
}
