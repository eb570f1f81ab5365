import { expect, test } from 'vitest'
import { query, useTestApp } from '../support/app.ts'
import { plant } from '../support/papers.ts'
import { subscribe } from '../support/subscribe.ts'

const app = useTestApp({ POOL_SIZE: '8' })

interface Page {
  feedPosition: string
  papers: { nodes: { title: string }[] }
}

const page = '{ papers(first: 100) { nodes { title } } feedPosition }'
const tail = `subscription ($after: FeedCursor!) { paperIngested(after: $after) { paper { title } } }`

test('a page and the events after its position are every paper once, with writers at the handover', async () => {
  let written = 0
  let stop = false
  const write = async () => {
    while (!stop && written < 90) {
      written += 1
      await plant(app.db, [
        { arxivId: `2606.${String(written).padStart(5, '0')}`, title: `Paper ${written}` },
      ])
    }
  }
  const writers = [write(), write()]
  const clients = Array.from({ length: 6 }, async () => {
    const { papers, feedPosition } = await query<Page>(app, page)
    const subscription = subscribe<{ paperIngested: { paper: { title: string } } }>(app, tail, {
      after: feedPosition,
    })
    return { seen: papers.nodes.map(({ title }) => title), subscription }
  })
  const opened = await Promise.all(clients)
  stop = true
  await Promise.all(writers)
  const all = Array.from({ length: written }, (_, index) => `Paper ${index + 1}`).sort()
  for (const { seen, subscription } of opened) {
    while (seen.length < written) seen.push((await subscription.next()).paperIngested.paper.title)
    expect(seen.sort()).toEqual(all)
    expect(subscription.waiting).toBe(0)
    await subscription.close()
  }
})

test('what the position belongs to does not move while the response is made', async () => {
  // The count of papers and the number of events before the position can only agree in one snapshot.
  const document = '{ papers { totalCount } feedPosition }'
  let stop = false
  let number = 200
  const writer = (async () => {
    while (!stop)
      await plant(app.db, [{ arxivId: `2607.${String(++number).padStart(5, '0')}`, title: `P ${number}` }])
  })()
  for (let round = 0; round < 15; round++) {
    const { papers, feedPosition } = await query<{ papers: { totalCount: number }; feedPosition: string }>(
      app,
      document,
    )
    const position = await app.feed.position(feedPosition)
    const { count } = await app.db
      .selectFrom('feed_event')
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .where('kind', '=', 'ingested')
      .where('number', '<=', position.number)
      .executeTakeFirstOrThrow()
    expect(papers.totalCount).toBe(count)
  }
  stop = true
  await writer
})
