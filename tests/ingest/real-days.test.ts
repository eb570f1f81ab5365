import { sql } from 'kysely'
import { beforeAll, describe, expect, test } from 'vitest'
import { findFiles, readFiles } from '../../src/ingest/files.ts'
import { type IngestSummary, ingest } from '../../src/ingest/run.ts'
import { useTestDatabase } from '../support/database.ts'
import { foldOfFeed, tableOfPapers } from '../support/fold.ts'
import { daysFolder, unpackedFiles } from '../support/source-data.ts'

const captures = daysFolder('captures')
const later = daysFolder('later')

interface Entry {
  paper: { id: string; authors: unknown[]; upvotes: number }
}

describe('real responses of two years', () => {
  const database = useTestDatabase()
  const summaries: IngestSummary[] = []

  async function ingestFolder(folder: string): Promise<IngestSummary> {
    const { files } = await findFiles([folder])
    const onFault = ({ message }: { message: string }) => {
      throw new Error(message)
    }
    for await (const { source, readings } of readFiles(files, { onFault })) {
      expect(source).toBe('json')
      return ingest(database.database.db, source, readings)
    }
    throw new Error(`Nothing in ${folder}.`)
  }

  beforeAll(async () => {
    summaries.push(await ingestFolder(captures), await ingestFolder(later))
  })

  test('nothing is rejected, lost or doubled', async () => {
    const listed = new Map<string, Map<string, Entry>>()
    for (const folder of [captures, later]) {
      for (const { name, bytes } of unpackedFiles(folder)) {
        for (const entry of JSON.parse(bytes.toString()) as Entry[]) {
          const days = listed.get(entry.paper.id) ?? new Map<string, Entry>()
          listed.set(entry.paper.id, days.set(name.slice(0, 10), entry))
        }
      }
    }
    expect(summaries.map(({ records, rejected }) => [records, rejected])).toEqual([
      [336, 0],
      [109, 0],
    ])
    const { db } = database.database
    const papers = await db.selectFrom('paper').select(['arxiv_id', 'listed_on', 'author_count']).execute()
    expect(papers).toHaveLength(384)
    expect(new Map(papers.map((paper) => [paper.arxiv_id, paper.listed_on]))).toEqual(
      new Map([...listed].map(([id, days]) => [id, [...days.keys()].sort()])),
    )
    // The last response that names a paper is the newest: the captures in the order of days, then those of later.
    expect(new Map(papers.map((paper) => [paper.arxiv_id, paper.author_count]))).toEqual(
      new Map([...listed].map(([id, days]) => [id, [...days.values()].at(-1)?.paper.authors.length])),
    )
    expect(await counts()).toMatchObject({
      paper: 384,
      listing: listings(listed),
      edition: days(listed),
    })
  })

  test('the fold of the feed equals the table', async () => {
    const { db } = database.database
    expect(await foldOfFeed(db)).toEqual(await tableOfPapers(db))
  })

  test('the same again writes nothing at all', async () => {
    const before = [await versions(), await counts()]
    const again = [await ingestFolder(captures), await ingestFolder(later)]
    for (const { new: created, changed, events } of again)
      expect([created, changed, events]).toEqual([0, 0, 0])
    expect([await versions(), await counts()]).toEqual(before)
  })

  /** Where each row version stands and which transaction made it: another one would differ. */
  async function versions() {
    const { db } = database.database
    const digests: Record<string, unknown> = {}
    for (const table of tables) {
      const { rows } = await sql`
        select md5(string_agg(ctid::text || xmin::text, ',' order by ctid)) as digest from ${sql.table(table)}
      `.execute(db)
      digests[table] = rows[0]
    }
    return digests
  }

  async function counts(): Promise<Record<string, number>> {
    const all: Record<string, number> = {}
    for (const table of tables) {
      const { rows } = await sql<{
        count: number
      }>`select count(*) as count from ${sql.table(table)}`.execute(database.database.db)
      all[table] = rows[0]?.count ?? 0
    }
    return all
  }
})

const tables = [
  ...(['paper', 'paper_author', 'author', 'account', 'organization', 'keyword', 'paper_keyword'] as const),
  ...(['edition', 'listing', 'edition_reading', 'paper_history', 'paper_revision', 'paper_alias'] as const),
  ...(['feed', 'feed_event'] as const),
]

type Listed = Map<string, Map<string, unknown>>
const listings = (listed: Listed) => [...listed.values()].reduce((sum, days) => sum + days.size, 0)
const days = (listed: Listed) => new Set([...listed.values()].flatMap((days) => [...days.keys()])).size
