import { sql, type Transaction } from 'kysely'
import { type BeforeCommit, write } from '../connection/write-queue.ts'
import type { Db } from '../database.ts'
import type { Authority } from '../model/paper-fields.ts'
import type { Tables } from '../tables.ts'
import type { IngestBatch, Outcome, Recorded } from './batch.ts'
import { type GivenVotes, storeDetails, storeVotes } from './details.ts'
import { storeEditionCounts } from './edition-counts.ts'
import { eventsOf } from './events.ts'
import { type IdentifiedRecord, identify } from './identify.ts'
import { loadPapers } from './load.ts'
import { authorityOf } from './merge/rules.ts'
import { mergeBatch } from './merge-batch.ts'
import { oneWriterAtATime } from './one-writer.ts'
import { storeProfiles } from './profiles.ts'
import { editionReadingUpdates, newestReadings, setsAllFields, storeEditionReadings } from './readings.ts'
import { writeChanges } from './write.ts'

/**
 * The one writer of papers. In one transaction it merges a batch of records into what is stored and writes the
 * papers, listings, histories and feed entries that follow from what really changed; where nothing did, nothing
 * but the readings of the editions moves. Any order and any batching of the same records leaves the same papers.
 *
 * @param options.dryRun does all of it and rolls back: the answer says what would have happened.
 */
export async function recordPapers(
  db: Db,
  batch: IngestBatch,
  options: { dryRun?: boolean; beforeCommit?: BeforeCommit } = {},
): Promise<Recorded> {
  try {
    return await write(
      db,
      async (trx) => {
        const recorded = await record(trx, batch)
        if (options.dryRun) throw new DryRun(recorded)
        return recorded
      },
      options.beforeCommit,
    )
  } catch (error) {
    if (error instanceof DryRun) return error.recorded
    throw error
  }
}

async function record(trx: Transaction<Tables>, batch: IngestBatch): Promise<Recorded> {
  await oneWriterAtATime(trx)
  const now = new Date().toISOString()
  const authority = authorityOf[batch.source]
  const identified = await identify(trx, batch.records, batch.source)
  const records = await withIds(trx, identified)
  const members = membersOf(batch, records, authority)
  const readings = await editionReadingUpdates(trx, batch.editions ?? [], members, authority)
  const dropped = readings.flatMap((reading) => reading.dropped)
  const known = identified.flatMap(({ id, isMerged }) => (id > 0 && !isMerged ? id : []))
  const papers = await loadPapers(trx, [...new Set([...known, ...dropped])])
  const fresh = records.filter(({ isMerged }) => !isMerged)
  const merged = mergeBatch({ records: fresh, papers, authority, readings, now })
  await storeProfiles(trx, { ...batch, records: fresh.map(({ record }) => record) })
  const events = eventsOf(merged, batch.source)
  await writeChanges(trx, merged, now)
  await storeEditionReadings(trx, readings)
  await storeEditionCounts(trx, batch)
  await storeDetails(trx, batch.details ?? [])
  const voted = await storeVotes(trx, fresh.flatMap(votesIn))
  if (events.length > 0) await sql`select feed_append(${JSON.stringify(events)}::jsonb)`.execute(trx)
  const papersByOutcome: Record<Outcome, number> = { new: 0, changed: 0, unchanged: 0 }
  const outcomeOf = new Map(
    merged.map(({ id, outcome }) => [id, outcome === 'unchanged' && voted.has(id) ? 'changed' : outcome]),
  )
  for (const id of new Set(records.map(({ id }) => id)))
    papersByOutcome[outcomeOf.get(id) ?? 'unchanged'] += 1
  return {
    outcomes: records.map(({ id }) => ({ paperId: id, outcome: outcomeOf.get(id) ?? 'unchanged' })),
    papers: papersByOutcome,
    events: events.length,
  }
}

/** Takes real ids for the papers that are new, which `identify` counts below 0. */
async function withIds(
  trx: Transaction<Tables>,
  records: readonly IdentifiedRecord[],
): Promise<readonly IdentifiedRecord[]> {
  const amount = -Math.min(0, ...records.map(({ id }) => id))
  if (amount === 0) return records
  const { rows } = await sql<{ id: number }>`
    select nextval(pg_get_serial_sequence('paper', 'id')) as id from generate_series(1, ${amount}::int)
  `.execute(trx)
  return records.map((one) => (one.id < 0 ? { ...one, id: rows[-one.id - 1]?.id ?? 0 } : one))
}

function votesIn({ id, record: { votes = [], observedAt } }: IdentifiedRecord): GivenVotes[] {
  return votes.map((given) => ({ ...given, paperId: id, observedAt }))
}

/** Which papers the batch's readings confirm, by edition. */
function membersOf(
  batch: IngestBatch,
  records: readonly IdentifiedRecord[],
  authority: Authority,
): Map<string, Set<number>> {
  const readAt = newestReadings(batch.editions ?? [])
  const members = new Map<string, Set<number>>()
  for (const { id, record } of records) {
    const date = record.listing?.date
    if (date === undefined || readAt.get(date) !== record.observedAt) continue
    if (!setsAllFields(record, authority)) continue
    const edition = members.get(date)
    if (edition) edition.add(id)
    else members.set(date, new Set([id]))
  }
  return members
}

class DryRun extends Error {
  readonly recorded: Recorded
  constructor(recorded: Recorded) {
    super('dry run')
    this.recorded = recorded
  }
}
