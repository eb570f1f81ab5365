import { sql, type Transaction } from 'kysely'
import { type Authority, fieldDefinitions, fieldNames } from '../model/paper-fields.ts'
import type { EditionReadingRecord, PaperRecord } from '../model/record.ts'
import type { Tables } from '../tables.ts'
import { maySet } from './merge/rules.ts'
import { recordedValue } from './merge/values.ts'

/** A row of `edition_reading` as it is to be stored. */
export interface EditionReadingUpdate {
  edition_date: string
  source: Authority
  read_at: string
  paper_ids: number[]
  /** The papers of the row before it that this one does not confirm. */
  dropped: number[]
  /** Whether the stored row has to be replaced. */
  isNew: boolean
}

/**
 * What the readings of a batch leave behind. A reading confirms a paper only if its record set all fields that its
 * authority may set (see `setsAllFields`); one that left a field out says nothing about it.
 */
export async function editionReadingUpdates(
  trx: Transaction<Tables>,
  readings: readonly EditionReadingRecord[],
  members: ReadonlyMap<string, ReadonlySet<number>>,
  authority: Authority,
): Promise<EditionReadingUpdate[]> {
  const newest = newestReadings(readings)
  if (newest.size === 0) return []
  const rows = await trx
    .selectFrom('edition_reading')
    .selectAll()
    .where('source', '=', authority)
    .where('edition_date', '=', sql<string>`any(${[...newest.keys()]}::date[])`)
    .execute()
  const stored = new Map(rows.map((row) => [row.edition_date, row]))
  return [...newest].map(([date, readAt]) => {
    const before = stored.get(date)
    const ids = members.get(date) ?? new Set<number>()
    const beforeAt = before?.read_at.toISOString() ?? ''
    if (before && readAt < beforeAt) {
      return { ...before, source: authority, read_at: beforeAt, dropped: [], isNew: false }
    }
    const kept = before && readAt === beforeAt ? before.paper_ids : []
    const paperIds = [...new Set([...kept, ...ids])].sort((a, b) => a - b)
    return {
      edition_date: date,
      source: authority,
      read_at: readAt,
      paper_ids: paperIds,
      dropped: before?.paper_ids.filter((id) => !paperIds.includes(id)) ?? [],
      isNew: readAt > beforeAt || paperIds.length > kept.length,
    }
  })
}

/** Of several readings of one edition in a batch the newest is the one to remember: its instant, by day. */
export function newestReadings(readings: readonly EditionReadingRecord[]): Map<string, string> {
  const newest = new Map<string, string>()
  for (const { date, readAt } of readings) {
    if (readAt > (newest.get(date) ?? '')) newest.set(date, readAt)
  }
  return newest
}

/** Whether a record gives or, by leaving them out, clears all fields that its authority may set. */
export function setsAllFields(record: PaperRecord, authority: Authority): boolean {
  if (record.partial) return false
  if (authority === 'huggingface' && record.listing?.submitter === undefined) return false
  return fieldNames.every(
    (field) =>
      !maySet(authority, field) ||
      fieldDefinitions[field].clearedBy === authority ||
      recordedValue(record, field) !== undefined,
  )
}

export async function storeEditionReadings(
  trx: Transaction<Tables>,
  updates: readonly EditionReadingUpdate[],
): Promise<void> {
  const rows = updates
    .filter((update) => update.isNew)
    .map(({ edition_date, source, read_at, paper_ids }) => ({ edition_date, source, read_at, paper_ids }))
  if (rows.length === 0) return
  await trx
    .insertInto('edition_reading')
    .values(rows)
    .onConflict((conflict) =>
      conflict.columns(['edition_date', 'source']).doUpdateSet((eb) => ({
        read_at: eb.ref('excluded.read_at'),
        paper_ids: eb.ref('excluded.paper_ids'),
      })),
    )
    .execute()
}
