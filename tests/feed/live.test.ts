import { expect, test } from 'vitest'
import type { Db } from '../../db/database.ts'
import { query, useTestApp } from '../support/app.ts'
import { plant } from '../support/papers.ts'
import { subscribe, subscribeSse } from '../support/subscribe.ts'

const app = useTestApp()

interface Ingested {
  paperIngested: { cursor: string; previousCursor: string; ingestedAt: string; paper: { title: string } }
}

const document = `subscription ($after: FeedCursor! = NOW) {
  paperIngested(after: $after) { cursor previousCursor ingestedAt paper { title } }
}`

async function position(): Promise<string> {
  return (await query<{ feedPosition: string }>(app, '{ feedPosition }')).feedPosition
}

const transports = { WebSocket: subscribe, SSE: subscribeSse }

test.each(Object.entries(transports))(
  'a new paper arrives over %s, once, in order, chained',
  async (name, open) => {
    const after = await position()
    await using subscription = await open<Ingested>(app, document, { after })
    await plant(app.db, [
      { arxivId: undefined, title: `First over ${name}` },
      { arxivId: undefined, title: `Second over ${name}` },
    ])
    const first = (await subscription.next()).paperIngested
    const second = (await subscription.next()).paperIngested
    expect([first.paper.title, second.paper.title]).toEqual([`First over ${name}`, `Second over ${name}`])
    expect(first.previousCursor).toBe(after)
    expect(second.previousCursor).toBe(first.cursor)
    expect(first.ingestedAt).toBe(await recordedAt(app.db, first.paper.title))
    await plant(app.db, [{ arxivId: undefined, title: `Third over ${name}` }])
    const third = (await subscription.next()).paperIngested
    expect(third.paper.title).toBe(`Third over ${name}`)
    expect(subscription.waiting).toBe(0)
  },
)

async function recordedAt(db: Db, title: string): Promise<string> {
  const { recorded_at } = await db
    .selectFrom('feed_event')
    .innerJoin('paper', 'paper.id', 'paper_id')
    .select('recorded_at')
    .where('title', '=', title)
    .executeTakeFirstOrThrow()
  return recorded_at.toISOString()
}
