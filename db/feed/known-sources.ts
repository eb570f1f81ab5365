import { performance } from 'node:perf_hooks'
import type { Db } from '../database.ts'
import { type EditionProgress, latestEdition, progressOf } from '../editions.ts'
import { allSources, type SourceState } from '../sources.ts'

/** Readings of the sources are at least this far apart. */
const minIntervalMs = 1_000

/** The sources and the newest edition as they were read last, for heartbeats, which must not wait for the database. */
export class KnownSources {
  readonly #db: Db
  #rows: readonly SourceState[] = []
  #edition: EditionProgress | undefined
  #reading: Promise<void> | undefined
  #readAtMs = Number.NEGATIVE_INFINITY

  constructor(db: Db) {
    this.#db = db
  }

  /** The same list for as long as nothing in it changes. */
  get rows(): readonly SourceState[] {
    return this.#rows
  }

  /** The newest edition; undefined while there is none. */
  get edition(): EditionProgress | undefined {
    return this.#edition
  }

  /** Reads them. */
  async read(): Promise<void> {
    this.#readAtMs = performance.now()
    const rows = await allSources(this.#db)
    const newest = await latestEdition(this.#db)
    this.#edition = newest && (await progressOf(this.#db, [newest.date]))[0]
    if (JSON.stringify(rows) !== JSON.stringify(this.#rows)) this.#rows = rows
  }

  /** Reads them in the background, unless they have just been read. After a failure, what was known stays. */
  refresh(): void {
    if (this.#reading || performance.now() - this.#readAtMs < minIntervalMs) return
    this.#reading = this.read()
      .catch(() => {})
      .finally(() => {
        this.#reading = undefined
      })
  }

  async idle(): Promise<void> {
    await this.#reading
  }
}
