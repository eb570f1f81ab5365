import { performance } from 'node:perf_hooks'
import { StatementScope } from './connection/statement-scope.ts'

/** Rows that one statement looks up at most: more would make those who ask for one wait. */
const keysPerStatement = 200

/** A reading goes on for the others when an operation ends that waits for it. */
function unlessEnded<Value>(scope: StatementScope, reading: Promise<Value>): Promise<Value> {
  return new Promise((resolve, reject) => {
    const forget = scope.onEnd(reject)
    reading.then(
      (value) => {
        forget()
        resolve(value)
      },
      (error) => {
        forget()
        reject(error)
      },
    )
  })
}

interface Asked<Value> extends PromiseWithResolvers<Value | undefined> {
  /** In whose names it is asked, as far as they are known. */
  readonly scopes: StatementScope[]
}

type Read<Key, Value> = (keys: readonly Key[]) => Promise<ReadonlyMap<Key, Value>>

/**
 * What is found by a key, read once for all operations that ask in the same turn of the event loop, whoever asks: a
 * statement costs far more than a row of it. It begins after the last of them has asked, so each sees what was
 * committed before. It runs in nobody's scope, because none of them may end it for the others, and each is charged its
 * part of the time.
 */
export class SharedReads<Key, Value> {
  readonly #read: Read<Key, Value>
  readonly #keysAtOnce: number
  #asked = new Map<Key, Asked<Value>>()

  /** `keysAtOnce`: how many keys one `read` is given at most. */
  constructor(read: Read<Key, Value>, keysAtOnce = keysPerStatement) {
    this.#read = read
    this.#keysAtOnce = keysAtOnce
  }

  /** The value of a key; undefined if there is none. Those who ask for the same one get the same object. */
  load(key: Key): Promise<Value | undefined> {
    const scope = StatementScope.current
    if (scope?.endedBy) return Promise.reject(scope.endedBy)
    let asked = this.#asked.get(key)
    if (!asked) {
      asked = { ...Promise.withResolvers<Value | undefined>(), scopes: [] }
      if (this.#asked.size === 0) setImmediate(() => StatementScope.outside(() => this.#begin()))
      this.#asked.set(key, asked)
    }
    if (!scope) return asked.promise
    asked.scopes.push(scope)
    return unlessEnded(scope, asked.promise)
  }

  #begin(): void {
    const asked = [...this.#asked]
    this.#asked = new Map()
    for (let from = 0; from < asked.length; from += this.#keysAtOnce)
      void this.#answer(asked.slice(from, from + this.#keysAtOnce))
  }

  async #answer(asked: readonly (readonly [Key, Asked<Value>])[]): Promise<void> {
    const startedMs = performance.now()
    try {
      const values = await this.#read(asked.map(([key]) => key))
      const partMs = (performance.now() - startedMs) / asked.length
      for (const [key, { scopes, resolve }] of asked) {
        for (const scope of scopes) scope.spentMs += partMs / scopes.length
        resolve(values.get(key))
      }
    } catch (error) {
      for (const [, { reject }] of asked) reject(error)
    }
  }
}
