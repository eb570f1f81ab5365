import type { Insertable } from 'kysely'
import { type EventPaper, eventColumns } from '../feed/events.ts'
import { columnFields, type FieldColumns } from '../model/paper-fields.ts'
import { keywordKey, titleKey } from '../model/text.ts'
import type { PaperRow, PaperTable } from '../tables.ts'
import { decodeProvenance, encodeProvenance, type Stamps } from './merge/provenance.ts'
import { type FieldValues, unknownValues } from './merge/values.ts'
import type { PaperState } from './state.ts'

/** A row as JSON has it: instants are ISO texts. What is inserted, compared and given in events. */
export type StoredPaper = {
  [Column in Exclude<
    keyof Insertable<PaperTable>,
    'search' | 'ranked_words'
  >]-?: Date extends PaperRow[Extract<Column, keyof PaperRow>]
    ? string | Exclude<PaperRow[Extract<Column, keyof PaperRow>], Date>
    : PaperRow[Extract<Column, keyof PaperRow>]
}

export function toRow(state: PaperState, now: string): StoredPaper {
  const { values, listings } = state
  const columns = columnsOf(values)
  const days = [...listings.keys()].sort()
  const submitters = new Set([...listings.values()].map((listing) => listing.submitter))
  submitters.delete(null)
  return {
    ...columns,
    id: state.id,
    arxiv_id: state.arxivId,
    title_key: titleKey(columns.title),
    author_count: values.authors?.names.length ?? values.authorCount ?? 0,
    author_names: values.authors?.names ?? [],
    authors_digest: values.authors?.digest ?? null,
    organization_name: values.organization,
    keyword_keys: [...new Set(columns.keywords.map(keywordKey))],
    listed_on: days,
    submitter_names: ([...submitters] as string[]).sort(),
    first_listed_on: days[0] ?? null,
    last_listed_on: days.at(-1) ?? null,
    provenance: encodeProvenance(state.stamps),
    merged_records: state.mergedRecords,
    ingested_at: state.ingestedAt ?? now,
    updated_at: now,
    text_changed_at: state.textChangedAt,
  }
}

/** The state a row was made of; a field that no record gave (no stamp) is unknown, whatever its column holds. */
export function fromRow(row: PaperRow): PaperState {
  const stamps = decodeProvenance(row.provenance)
  return {
    id: row.id,
    isNew: false,
    arxivId: row.arxiv_id,
    values: {
      ...valuesOf(row, stamps),
      authors: row.authors_digest === null ? null : { digest: row.authors_digest, names: row.author_names },
      authorCount: stamps.has('authorCount') ? row.author_count : null,
      organization: row.organization_name,
    },
    stamps,
    mergedRecords: row.merged_records,
    ingestedAt: row.ingested_at.toISOString(),
    textChangedAt: row.text_changed_at?.toISOString() ?? null,
    listings: new Map(),
    confirmations: {},
    listingConfirmations: new Map(),
  }
}

const unknownColumns: Record<string, unknown> = Object.fromEntries(
  columnFields.map(({ column, unknown }) => [column, unknown]),
)

function columnsOf(values: FieldValues): FieldColumns {
  const columns = { ...unknownColumns }
  for (const { name, column } of columnFields) columns[column] = values[name] ?? columns[column]
  return columns as typeof columns & FieldColumns
}

function valuesOf(row: PaperRow, stamps: Stamps): FieldValues {
  const values: Record<string, unknown> = { ...unknownValues }
  for (const { name, column, unknown } of columnFields) {
    const stored = row[column]
    if (stored instanceof Date) values[name] = stored.toISOString()
    else if (Array.isArray(stored)) values[name] = stored.length > 0 ? stored : null
    else values[name] = unknown === 0 && !stamps.has(name) ? null : stored
  }
  return values as typeof values & FieldValues
}

export function snapshot(row: StoredPaper): EventPaper {
  return Object.fromEntries(
    eventColumns
      .map((column) => [column, row[column]] as const)
      .filter(([, value]) => value !== null && !(Array.isArray(value) && value.length === 0)),
  )
}

/** Columns hold texts, numbers, booleans, nulls or lists of texts. */
export function equal(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((item, i) => item === b[i])
  return a === b
}
