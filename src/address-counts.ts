/** Counts by network address. */
export class AddressCounts {
  readonly #counts = new Map<string, number>()

  /** Addresses with a count above 0. */
  get size(): number {
    return this.#counts.size
  }

  of(address: string): number {
    return this.#counts.get(address) ?? 0
  }

  increment(address: string): void {
    this.#counts.set(address, this.of(address) + 1)
  }

  decrement(address: string): void {
    const count = this.of(address) - 1
    if (count > 0) this.#counts.set(address, count)
    else this.#counts.delete(address)
  }
}
