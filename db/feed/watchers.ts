/** Callbacks for a move of the head. */
export class Watchers {
  readonly #watchers = new Set<() => void>()

  get size(): number {
    return this.#watchers.size
  }

  /** Returns the way to stop, which may be called twice. */
  add(onMove: () => void): () => void {
    // Of its own, so that one function can be added twice.
    const watcher = () => onMove()
    this.#watchers.add(watcher)
    return () => {
      this.#watchers.delete(watcher)
    }
  }

  notify(): void {
    for (const watcher of [...this.#watchers]) watcher()
  }

  clear(): void {
    this.#watchers.clear()
  }
}
