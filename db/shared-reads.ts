import { performance } from 'node:perf_hooks'
import { StatementScope } from './connection/statement-scope.ts'

/** Keys that one statement looks up at most: more would make those who ask for one row wait. */
const keysAtMost = 200

interface Asked<Row> extends PromiseWithResolvers<Row | undefined> {
  /** In whose names it is asked, as far as they are known. */
  readonly scopes: StatementScope[]
}

/**
 * Rows by their keys, with one statement for all operations that ask in the same turn of the event loop, whoever asks:
 * a statement costs far more than a row of it. It begins after the last of them has asked, so each sees what was
 * committed before. It runs in nobody's scope, because none of them may end it for the others, and each is charged its
 * part of the time.
 */
export class SharedReads<Key, Row> {
  readonly #read: (keys: readonly Key[]) => Promise<ReadonlyMap<Key, Row>>
  #asked = new Map<Key, Asked<Row>>()

  constructor(read: (keys: readonly Key[]) => Promise<ReadonlyMap<Key, Row>>) {
    this.#read = read
  }

  /** The row of a key; undefined if there is none. What one may get, all who ask for it at the moment may. */
  load(key: Key): Promise<Row | undefined> {
    const scope = StatementScope.current
    if (scope?.endedBy) return Promise.reject(scope.endedBy)
    let asked = this.#asked.get(key)
    if (!asked) {
      asked = { ...Promise.withResolvers<Row | undefined>(), scopes: [] }
      if (this.#asked.size === 0) setImmediate(() => StatementScope.outside(() => this.#begin()))
      this.#asked.set(key, asked)
      if (this.#asked.size >= keysAtMost) StatementScope.outside(() => this.#begin())
    }
    if (scope) asked.scopes.push(scope)
    return asked.promise
  }

  #begin(): void {
    const asked = this.#asked
    if (asked.size === 0) return
    this.#asked = new Map()
    void this.#answer(asked)
  }

  async #answer(asked: ReadonlyMap<Key, Asked<Row>>): Promise<void> {
    const startedMs = performance.now()
    try {
      const rows = await this.#read([...asked.keys()])
      const partMs = (performance.now() - startedMs) / asked.size
      for (const [key, { scopes, resolve }] of asked) {
        for (const scope of scopes) scope.spentMs += partMs / scopes.length
        resolve(rows.get(key))
      }
    } catch (error) {
      for (const { reject } of asked.values()) reject(error)
    }
  }
}
