import { sql } from 'kysely'
import type { Db } from '../../db/database.ts'
import type { NewFeedEvent } from '../../db/feed/events.ts'
import type { Feed } from '../../db/feed/feed.ts'
import { positionAt } from '../../db/feed/history.ts'
import { readLogState } from '../../db/feed/log.ts'

/** Papers as bare rows, for tests of the feed alone. Returns their ids. */
export async function addPapers(db: Db, titles: readonly string[]): Promise<number[]> {
  const now = new Date()
  const rows = await db
    .insertInto('paper')
    .values(
      titles.map((title) => ({
        title,
        title_key: title.toLowerCase(),
        published_at: now,
        provenance: '{}',
        ingested_at: now,
        updated_at: now,
      })),
    )
    .returning('id')
    .execute()
  return rows.map(({ id }) => id)
}

/** Writes to the log as every writer does. Returns the number of the last event. */
export async function append(db: Db, events: readonly NewFeedEvent[]): Promise<number> {
  const { rows } = await sql<{ last: number }>`
    select feed_append(${JSON.stringify(events)}) as last`.execute(db)
  return rows[0]?.last ?? 0
}

export function ingested(paperId: number, source = 'client'): NewFeedEvent {
  return { kind: 'ingested', paper_id: paperId, source, data: { paper: {} } }
}

/** A paper of that title together with its event, in one transaction. Returns the paper's id. */
export async function ingestPaper(db: Db, title: string): Promise<number> {
  return db.transaction().execute(async (trx) => {
    const [id] = await addPapers(trx, [title])
    if (id === undefined) throw new Error('The paper was not stored.')
    await append(trx, [ingested(id)])
    return id
  })
}

/** The cursor just after the event of that number. */
export async function cursorAt({ db, feed }: { db: Db; feed: Feed }, number: number): Promise<string> {
  const position = await positionAt(db, number, await readLogState(db))
  if (!position) throw new Error(`The log has no event ${number}.`)
  return feed.cursor(position)
}
