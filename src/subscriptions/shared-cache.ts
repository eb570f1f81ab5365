import { LRUCache } from 'lru-cache'
import type { Clock } from '../clock.ts'

export interface SharedCacheOptions {
  /** Milliseconds after which a value is made anew, because what it shows grows stale. */
  readonly maxAgeMs: number
  /** Bound on the sum of the values' sizes; the value used longest ago goes first. */
  readonly maxSize: number
  readonly clock: Clock
}

/** What several subscribers want at about the same moment, made once. Failures are not kept. */
export class SharedCache<Value extends { readonly size: number }> {
  readonly #cache: LRUCache<string, Value, () => Promise<Value>>

  constructor({ maxAgeMs, maxSize, clock }: SharedCacheOptions) {
    this.#cache = new LRUCache<string, Value, () => Promise<Value>>({
      maxSize,
      sizeCalculation: ({ size }) => Math.max(1, size),
      fetchMethod: (_key, _stale, { context: make, options }) => {
        // Set here, so that age counts from when the value is there.
        options.ttl = maxAgeMs
        return make()
      },
      // A value that is dropped while it is made still goes to those who wait for it.
      ignoreFetchAbort: true,
      perf: { now: () => clock.now().getTime() },
    })
  }

  get held(): { count: number; size: number } {
    return { count: this.#cache.size, size: this.#cache.calculatedSize }
  }

  /** The value of a key that is there or being made; else `make` makes it. */
  get(key: string, make: () => Promise<Value>): Promise<Value> {
    return this.#cache.forceFetch(key, { context: make })
  }

  /** Drops what is too old; to be called now and then. */
  dropOld(): void {
    this.#cache.purgeStale()
  }
}
