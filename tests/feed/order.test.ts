import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { random } from '../bench/random.ts'
import { query, useTestApp } from '../support/app.ts'
import { addPapers, append, cursorAt, ingested } from '../support/feed.ts'
import { subscribe } from '../support/subscribe.ts'

const one = useTestApp({ POOL_SIZE: '12' })
const other = useTestApp({}, one)

interface Event {
  feed: { cursor: string; previousCursor: string }
}

const document =
  'subscription ($after: FeedCursor!) { feed(after: $after, heartbeat: 3600) { cursor previousCursor } }'

/** Reads to the head, leaving and coming back at random, on either server. */
async function read(seed: number, start: string, until: () => string | undefined): Promise<string[]> {
  const next = random(seed)
  const cursors = [start]
  while (cursors.at(-1) !== until()) {
    await using subscription = subscribe<Event>(next() < 0.5 ? one : other, document, {
      after: cursors.at(-1),
    })
    for (let left = Math.ceil(next() * 30); left > 0 && cursors.at(-1) !== until(); left--) {
      const { cursor, previousCursor } = (await subscription.next()).feed
      expect(previousCursor).toBe(cursors.at(-1))
      // A heartbeat that says "caught up" tells of no event.
      if (cursor !== previousCursor) cursors.push(cursor)
    }
  }
  return cursors
}

test('with writers that commit late and readers that come and go, every log equals the commit log', async () => {
  const start = await one.feed.refresh()
  const next = random(7)
  let end: string | undefined
  const readers = [1, 2, 3, 4].map((seed) => read(seed, one.feed.cursor(start), () => end))
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      for (let round = 0; round < 15; round++) {
        await one.db
          .transaction()
          .execute(async (trx) => {
            const ids = await addPapers(
              trx,
              Array.from({ length: 1 + Math.floor(next() * 3) }, (_, index) => `P${index}`),
            )
            await append(
              trx,
              ids.map((id) => ingested(id)),
            )
            await sleep(next() * 8)
            if (next() < 0.15) throw new Error('rolled back')
          })
          .catch((error: Error) => {
            if (error.message !== 'rolled back') throw error
          })
      }
    }),
  )
  const { number: head } = await one.feed.refresh()
  // For those who are at the head already and wait. They may have it before its writer knows that it is committed.
  const [id = 0] = await addPapers(one.db, ['The last one'])
  await one.db.transaction().execute(async (trx) => {
    expect(await append(trx, [ingested(id)])).toBe(head + 1)
    end = await cursorAt({ db: trx, feed: one.feed }, head + 1)
  })
  const expected = await Promise.all(
    Array.from({ length: head + 2 - start.number }, (_, index) => cursorAt(one, start.number + index)),
  )
  for (const cursors of await Promise.all(readers)) expect(cursors).toEqual(expected)
})

test('an event that was dropped on the way shows as a hole, and the query fills it', async () => {
  const held = one.feed.cursor(await one.feed.refresh())
  await using subscription = subscribe<Event>(one, document, { after: held })
  await subscription.next()
  const [id = 0] = await addPapers(one.db, ['Told three times'])
  await append(one.db, [ingested(id), ingested(id), ingested(id)])
  const first = (await subscription.next()).feed
  await subscription.next() // lost by a gateway, say
  const third = (await subscription.next()).feed
  expect(third.previousCursor).not.toBe(first.cursor)
  const { feed } = await query<{ feed: { events: { cursor: string }[] } }>(
    one,
    'query ($after: FeedCursor!) { feed(after: $after) { events { cursor } } }',
    { after: first.cursor },
  )
  expect(feed.events.map(({ cursor }) => cursor)).toEqual([third.previousCursor, third.cursor])
})
