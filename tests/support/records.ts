import { sql } from 'kysely'
import type { Db } from '../../db/database.ts'
import type { AuthorRecord, EditionReadingRecord, PaperRecord } from '../../db/model/record.ts'

/** A record as Hugging Face would give it: every field its voice may speak on. Override what the test is about. */
export function aRecord(over: Partial<PaperRecord> = {}): PaperRecord {
  return {
    observedAt: '2026-06-16T12:00:00.000Z',
    arxivId: '2606.00001',
    title: 'A Paper on Papers',
    abstract: 'We study papers.',
    publishedAt: '2026-06-15T00:00:00.000Z',
    authors: [anAuthor('Ada Lovelace'), anAuthor('Alan Turing')],
    upvotes: 3,
    commentCount: 1,
    ...over,
  }
}

export const anAuthor = (name: string, over: Partial<AuthorRecord> = {}): AuthorRecord => ({ name, ...over })

/** A whole reading of an edition: each record gets its listing and the instant of the reading. */
export function aReading(date: string, readAt: string, records: readonly PaperRecord[]) {
  const editions: EditionReadingRecord[] = [{ date, readAt }]
  return {
    editions,
    records: records.map((record) => ({
      ...record,
      observedAt: readAt,
      listing: { date, submitter: { name: 'akhaliq' }, ...record.listing },
    })),
  }
}

/** All that is stored of papers, in a form that does not tell in which order it came. */
export async function storedState(db: Db) {
  const papers = await db.selectFrom('paper').selectAll().execute()
  const name = new Map(papers.map((paper) => [paper.id, paper.arxiv_id ?? paper.title]))
  const of = <Row extends { paper_id: number }>(rows: Row[]) =>
    rows.map(({ paper_id, ...row }) => JSON.stringify({ paper: name.get(paper_id), ...row })).sort()
  const listings = await db.selectFrom('listing').selectAll().execute()
  return {
    papers: papers
      .map(
        ({
          id: _,
          provenance: __,
          merged_records: ______,
          ingested_at: ___,
          updated_at: ____,
          text_changed_at: _____,
          ...row
        }) => JSON.stringify(row),
      )
      .sort(),
    authors: of(await db.selectFrom('paper_author').selectAll().execute()),
    keywords: of(await db.selectFrom('paper_keyword').selectAll().execute()),
    listings: of(listings.map(({ recorded_at: _, observed_at: __, ...row }) => row)),
    history: of(await db.selectFrom('paper_history').selectAll().execute()),
    accounts: (await db.selectFrom('account').selectAll().execute())
      .map(({ observed_at: _, details_at: __, ...row }) => JSON.stringify(row))
      .sort(),
    organizations: (await db.selectFrom('organization').selectAll().execute())
      .map(({ observed_at: _, ...row }) => JSON.stringify(row))
      .sort(),
  }
}

/** Empties the store but for what migrations put there. Deletes: on few rows they are far quicker than truncate. */
export async function emptyStore(db: Db): Promise<void> {
  await sql`
    with log as (delete from feed_event returning 1) update feed set head = 0, pruned = 0
  `.execute(db)
  for (const table of [
    'edition_reading',
    'listing',
    'paper',
    'edition',
    'account',
    'organization',
    'author',
    'keyword',
    'acronym',
  ] as const) {
    await db.deleteFrom(table).execute()
  }
}
