import { sql, type Transaction } from 'kysely'
import type { PaperRecord, SourceName } from '../model/record.ts'
import { titleKey } from '../model/text.ts'
import type { Tables } from '../tables.ts'
import { digestOf } from './record-digest.ts'

/** The paper that a record describes: the id of a stored one, or a number below 0 for the n-th new one. */
type PaperKey = number

/** A record with the paper that it describes. */
export interface IdentifiedRecord {
  readonly id: PaperKey
  readonly record: PaperRecord
  readonly digest: string
  /** Whether the paper holds exactly this record already. */
  readonly isMerged: boolean
}

interface Known {
  id: PaperKey
  arxivId: string | null
  digests: readonly string[]
}

interface Namesake {
  paper: Known
  /** Days since 1970 on which it was published, by one source. */
  day: number
}

/**
 * Finds for each record the paper it describes, in order. An arXiv id decides alone; a record without one is
 * matched by its title's key and the day of publication, which may differ by one day (a page shows the day of its
 * reader's time zone). A stored paper that has no arXiv id takes that of the first record that matches it so.
 */
export async function identify(
  trx: Transaction<Tables>,
  records: readonly PaperRecord[],
  source: SourceName,
): Promise<IdentifiedRecord[]> {
  const byArxivId = await papersByArxivId(trx, records)
  const unknown = records.filter((record) => !record.arxivId || !byArxivId.has(record.arxivId))
  const byTitle = await papersByTitle(trx, [...new Set(unknown.map((record) => titleKey(record.title)))])
  const identified: IdentifiedRecord[] = new Array(records.length)
  let created = 0
  // Those with an id go first, so that one without finds them wherever it is in the batch.
  for (const withId of [true, false]) {
    for (const [index, record] of records.entries()) {
      if ((record.arxivId !== undefined) !== withId) continue
      const title = titleKey(record.title)
      const day = dayNumber(record.publishedAt)
      const namesakes = byTitle.get(title) ?? []
      const paper = record.arxivId
        ? (byArxivId.get(record.arxivId) ?? namesake(namesakes, day, (other) => other.arxivId === null))
        : namesake(namesakes, day, () => true)
      const found = paper ?? { id: --created, arxivId: null, digests: [] }
      byTitle.set(title, [...namesakes, { paper: found, day }])
      if (record.arxivId) {
        found.arxivId = record.arxivId
        byArxivId.set(record.arxivId, found)
      }
      const digest = digestOf(record, source)
      identified[index] = { id: found.id, record, digest, isMerged: found.digests.includes(digest) }
    }
  }
  return identified
}

function namesake(namesakes: readonly Namesake[], day: number, fits: (paper: Known) => boolean) {
  return namesakes.find(({ paper, day: other }) => Math.abs(other - day) <= 1 && fits(paper))?.paper
}

async function papersByArxivId(
  trx: Transaction<Tables>,
  records: readonly PaperRecord[],
): Promise<Map<string, Known>> {
  const ids = [...new Set(records.flatMap((record) => record.arxivId ?? []))]
  if (ids.length === 0) return new Map()
  const rows = await trx
    .selectFrom('paper')
    .select(['id', 'arxiv_id', 'merged_records'])
    .where('arxiv_id', '=', sql<string>`any(${ids})`)
    .execute()
  return new Map(rows.map((row) => [row.arxiv_id ?? '', known(row)]))
}

async function papersByTitle(trx: Transaction<Tables>, keys: readonly string[]) {
  const found = new Map<string, Namesake[]>()
  if (keys.length === 0) return found
  const among = sql<string>`any(${keys})`
  const rows = await trx
    .selectFrom('paper')
    .select(['id', 'arxiv_id', 'merged_records', 'title_key', 'published_on'])
    .where('title_key', '=', among)
    .unionAll(
      trx
        .selectFrom('paper_alias')
        .innerJoin('paper', 'paper.id', 'paper_alias.paper_id')
        .select([
          'paper.id',
          'paper.arxiv_id',
          'paper.merged_records',
          'paper_alias.title_key',
          'paper_alias.published_on',
        ])
        .where('paper_alias.title_key', '=', among),
    )
    .orderBy('id')
    .execute()
  const papers = new Map<number, Known>()
  for (const row of rows) {
    const paper = papers.get(row.id) ?? known(row)
    papers.set(row.id, paper)
    const entry = { paper, day: dayNumber(row.published_on) }
    const entries = found.get(row.title_key)
    if (entries) entries.push(entry)
    else found.set(row.title_key, [entry])
  }
  return found
}

function known(row: { id: number; arxiv_id: string | null; merged_records: string[] }): Known {
  return { id: row.id, arxivId: row.arxiv_id, digests: row.merged_records }
}

/** Days since 1970 of an ISO day or instant, in UTC. */
function dayNumber(iso: string): number {
  return Math.floor(Date.parse(iso) / 86_400_000)
}
