import { sql, type Transaction } from 'kysely'
import type { EditionReadingRecord, PaperRecord } from '../model/record.ts'
import type { Tables } from '../tables.ts'
import { fieldNames, maySpeak, rules, type Voice } from './merge/rules.ts'
import { wordOf } from './merge/values.ts'

/** A reading as it is to be stored, and the papers of the one before it that it does not confirm. */
export interface Receipt {
  edition_date: string
  source: Voice
  read_at: string
  paper_ids: number[]
  dropped: number[]
  /** Whether the stored one has to be replaced. */
  isNew: boolean
}

/**
 * What the readings of a batch leave behind. A reading confirms a paper only if its record spoke on everything its
 * voice may speak on; one that was silent somewhere says nothing about that field.
 */
export async function receiptsOf(
  trx: Transaction<Tables>,
  readings: readonly EditionReadingRecord[],
  members: ReadonlyMap<string, ReadonlySet<number>>,
  voice: Voice,
): Promise<Receipt[]> {
  const newest = newestReadings(readings)
  if (newest.size === 0) return []
  const stored = await trx
    .selectFrom('edition_reading')
    .selectAll()
    .where('source', '=', voice)
    .where('edition_date', '=', sql<string>`any(${[...newest.keys()]}::date[])`)
    .execute()
  const held = new Map(stored.map((row) => [row.edition_date, row]))
  return [...newest].map(([date, readAt]) => {
    const before = held.get(date)
    const ids = members.get(date) ?? new Set<number>()
    const beforeAt = before?.read_at.toISOString() ?? ''
    if (before && readAt < beforeAt) {
      return { ...before, source: voice, read_at: beforeAt, dropped: [], isNew: false }
    }
    const kept = before && readAt === beforeAt ? before.paper_ids : []
    const paperIds = [...new Set([...kept, ...ids])].sort((a, b) => a - b)
    return {
      edition_date: date,
      source: voice,
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

export function speaksOnAll(record: PaperRecord, voice: Voice): boolean {
  if (voice === 'huggingface' && record.listing?.submitter === undefined) return false
  return fieldNames.every(
    (field) =>
      !maySpeak(voice, field) || rules[field].clearedBy === voice || wordOf(record, field) !== undefined,
  )
}

export async function storeReceipts(trx: Transaction<Tables>, receipts: readonly Receipt[]): Promise<void> {
  const rows = receipts
    .filter((receipt) => receipt.isNew)
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
