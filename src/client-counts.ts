/** Counts by client, or by address. */
export class ClientCounts {
  readonly #counts = new Map<string, number>()

  /** Clients with a count above 0. */
  get size(): number {
    return this.#counts.size
  }

  of(client: string): number {
    return this.#counts.get(client) ?? 0
  }

  increment(client: string): void {
    this.#counts.set(client, this.of(client) + 1)
  }

  decrement(client: string): void {
    const count = this.of(client) - 1
    if (count > 0) this.#counts.set(client, count)
    else this.#counts.delete(client)
  }
}
