import { type RawBuilder, sql } from 'kysely'
import type { Db } from '../database.ts'

/**
 * Bytes of the rows of papers, some 2 kB each. Of no more than these, all that have the commonest word are looked at in
 * less time than a walk through periods takes to begin.
 */
const smallBytes = 5000 * 2 ** 11

/** The bytes of a database's rows of papers, as it was last read. */
const sizes = new WeakMap<Db, number>()

/** As SQL: the bytes of the rows of papers, asked of the file system and never out of date. */
export const librarySize: RawBuilder<unknown> = sql`pg_relation_size('paper')`

export function noteLibrarySize(library: Db, bytes: number): void {
  sizes.set(library, bytes)
}

/** Whether a search looks at all that it finds at once. How it is done depends on it, and never what it finds. */
export function isSmallLibrary(library: Db): boolean {
  return (sizes.get(library) ?? Number.POSITIVE_INFINITY) <= smallBytes
}
