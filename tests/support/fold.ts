import type { Db } from '../../db/database.ts'
import { type EventPaper, eventColumns, type FeedEventData } from '../../db/feed/events.ts'
import { eventsFrom } from '../../db/feed/log.ts'

/** Papers as the feed gives them, or as the table has them: the columns that events carry, as JSON has them. */
export type EventPapers = Map<number, Record<string, unknown>>

const columns = [...eventColumns, 'listed_on', 'submitter_names'] as const
const lists = new Set([
  'author_names',
  'keywords',
  'keyword_keys',
  'media_urls',
  'categories',
  'listed_on',
  'submitter_names',
])
const counters = new Set(['author_count', 'upvotes', 'comment_count'])

/**
 * Reads the whole log and does what it says, as a client does that keeps a copy. Throws where an event does not fit
 * what came before it.
 */
export async function foldOfFeed(db: Db): Promise<EventPapers> {
  const papers: EventPapers = new Map()
  for (let after = 0; ; ) {
    const { events } = await eventsFrom(db, after + 1, 1_000)
    for (const { entry } of events) {
      if (entry.number !== after + 1) throw new Error(`Event ${entry.number} follows ${after}.`)
      after = entry.number
      const paper = papers.get(entry.paperId)
      if ((entry.kind === 'ingested') === (paper !== undefined)) {
        throw new Error(`Event ${after} (${entry.kind}) of paper ${entry.paperId} comes out of turn.`)
      }
      if (entry.kind === 'ingested') papers.set(entry.paperId, { ...blank(), ...(await firstOf(db, after)) })
      if (!paper) continue
      if (entry.kind === 'updated') {
        for (const [column, { before, after: value }] of Object.entries(entry.data.changed)) {
          if (JSON.stringify(paper[column]) !== JSON.stringify(before)) {
            throw new Error(
              `Event ${after}: ${column} was ${JSON.stringify(paper[column])}, not ${JSON.stringify(before)}.`,
            )
          }
          paper[column] = value
        }
      } else if (entry.kind === 'withdrawn') paper.withdrawn_at = entry.data.withdrawnAt
      else if (entry.kind === 'listed') {
        paper.listed_on = withOne(paper.listed_on, entry.editionDate)
        paper.submitter_names = withOne(paper.submitter_names, entry.data.submitter)
      }
    }
    if (events.length < 1_000) return papers
  }
}

/** The paper that an event tells of first, which readers of the log do not need. */
async function firstOf(db: Db, number: number): Promise<EventPaper> {
  const { data } = await db
    .selectFrom('feed_event')
    .select('data')
    .where('number', '=', number)
    .executeTakeFirstOrThrow()
  return (data as FeedEventData['ingested']).paper
}

/** The same columns of the table. */
export async function tableOfPapers(db: Db): Promise<EventPapers> {
  const rows = await db
    .selectFrom('paper')
    .select(['id', ...columns])
    .execute()
  return new Map(rows.map(({ id, ...row }) => [id, JSON.parse(JSON.stringify(row))]))
}

function blank(): Record<string, unknown> {
  return Object.fromEntries(
    columns.map((column) => [column, lists.has(column) ? [] : counters.has(column) ? 0 : null]),
  )
}

function withOne(list: unknown, item: string | null): unknown[] {
  const items = Array.isArray(list) ? list : []
  return item === null || items.includes(item) ? items : [...items, item].sort()
}
