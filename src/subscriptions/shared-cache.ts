interface Kept<Value> {
  readonly value: Promise<Value>
  /** Absent until it is there. */
  done?: Value
  bornAt: number
}

/**
 * What several subscribers want at about the same moment, made once. Old things go by age, because what they tell
 * grows stale, and by size, the oldest first. Failures are not kept.
 */
export class Shelf<Value extends { readonly size: number }> {
  readonly #kept = new Map<string, Kept<Value>>()
  readonly #maxAge: number
  readonly #maxSize: number

  /** Milliseconds, and the unit of `size`, at most. */
  constructor(maxAge: number, maxSize: number) {
    this.#maxAge = maxAge
    this.#maxSize = maxSize
  }

  get held(): { count: number; size: number } {
    let size = 0
    for (const { done } of this.#kept.values()) size += done?.size ?? 0
    return { count: this.#kept.size, size }
  }

  /** What there is of that name, or is being made; else it is made. */
  get(name: string, make: () => Promise<Value>): Promise<Value> {
    const known = this.#kept.get(name)
    if (known && !this.#isOld(known)) return known.value
    // Last in the order of the map, which is the order of age.
    this.#kept.delete(name)
    const kept: Kept<Value> = { value: make(), bornAt: Date.now() }
    this.#kept.set(name, kept)
    kept.value.then(
      (done) => {
        kept.done = done
        kept.bornAt = Date.now()
      },
      () => {
        if (this.#kept.get(name) === kept) this.#kept.delete(name)
      },
    )
    return kept.value
  }

  /** Lets go of what is old, or beyond the bound. Called now and then. */
  sweep(): void {
    let { size } = this.held
    for (const [name, kept] of this.#kept) {
      if (kept.done === undefined || (size <= this.#maxSize && !this.#isOld(kept))) continue
      size -= kept.done.size
      this.#kept.delete(name)
    }
  }

  #isOld({ done, bornAt }: Kept<Value>): boolean {
    return done !== undefined && Date.now() - bornAt > this.#maxAge
  }
}
