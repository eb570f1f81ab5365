/** Those who want to be told that something has moved. */
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

  tell(): void {
    for (const watcher of [...this.#watchers]) watcher()
  }

  clear(): void {
    this.#watchers.clear()
  }

  /** Resolves with true once the condition holds, which is asked at each move; with false if the signal was first. */
  async until(condition: () => boolean, signal?: AbortSignal): Promise<boolean> {
    while (!condition()) {
      if (signal?.aborted) return false
      const { promise, resolve } = Promise.withResolvers<void>()
      const wake = () => resolve()
      this.#watchers.add(wake)
      signal?.addEventListener('abort', wake, { once: true })
      await promise
      this.#watchers.delete(wake)
      signal?.removeEventListener('abort', wake)
    }
    return true
  }
}
