/** A dump that cannot be restored. The message is a sentence for the operator. */
export class DumpError extends Error {
  override name = 'DumpError'
}

/**
 * A dump is text, compressed with gzip: a line of JSON that says what it is, then each table as a line of JSON and its
 * rows in the text format of COPY up to a line `\.`, and at the end a line of JSON with the sequences and the number of
 * rows. `zcat` shows it.
 */
export interface DumpHeader {
  readonly format: 'daily-papers dump'
  /** Of this format. */
  readonly version: 1
  /** The version of Postgres that it comes from. */
  readonly postgres: string
  readonly createdAt: string
  /** The migrations that made its tables, in order. */
  readonly migrations: readonly string[]
  readonly papers: number
  /** The number of the newest event of the feed. */
  readonly head: number
}

/** Begins the rows of a table. */
export interface DumpTable {
  readonly table: string
  readonly columns: readonly string[]
}

/** The last line: without it, the dump is not whole. */
export interface DumpEnd {
  readonly end: true
  /** The last value of each sequence that was used. */
  readonly sequences: Readonly<Record<string, number>>
  /** By table. */
  readonly rows: Readonly<Record<string, number>>
}

/** The line that ends the rows of a table; no row of COPY looks like it. */
export const endOfRows = '\\.\n'

export function lineOf(value: DumpHeader | DumpTable | DumpEnd): string {
  return `${JSON.stringify(value)}\n`
}

/** The header in the first line of a dump. `known` are the migrations of this program. Throws DumpError. */
export function readHeader(line: string, known: readonly string[]): DumpHeader {
  const header = parsed(line) as Partial<DumpHeader> | undefined
  if (header?.format !== 'daily-papers dump' || !Array.isArray(header.migrations))
    throw new DumpError('is not a dump of daily-papers. Name a file that `daily-papers dump` has written.')
  const newer = header.migrations.find((name) => !known.includes(name))
  if (header.version !== 1 || newer !== undefined) {
    const what = newer === undefined ? `format ${header.version}` : `migration ${newer}`
    throw new DumpError(
      `was written by a newer daily-papers (${what}). Restore it with that version or a newer one.`,
    )
  }
  return header as DumpHeader
}

export function parsed(line: string): object | undefined {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined
  }
}
