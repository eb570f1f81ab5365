import { expect, test } from 'vitest'
import { BatchSize } from '../../src/subscriptions/batch-size.ts'
import { useTestApp } from '../support/app.ts'
import { addPapers, append, cursorAt, ingested } from '../support/feed.ts'
import { subscribe } from '../support/subscribe.ts'

const app = useTestApp()

interface Event {
  feed: { cursor: string; previousCursor: string }
}

const document =
  'subscription ($after: FeedCursor!) { feed(after: $after, heartbeat: 3600) { cursor previousCursor } }'

test('who is a thousand events behind gets each of them once and in order, wherever it begins', async () => {
  const [paper = 0] = await addPapers(app.db, ['Told of again and again'])
  const { number: before } = await app.feed.refresh()
  const count = 1_100
  await append(
    app.db,
    Array.from({ length: count }, () => ingested(paper)),
  )
  await app.feed.refresh()
  const end = await cursorAt(app, before + count)
  for (const first of [0, 1, 63, 64, 300, 1_000]) {
    const after = first === 0 ? 'START' : await cursorAt(app, before + first)
    await using subscription = subscribe<Event>(app, document, { after })
    const cursors: string[] = []
    while (cursors.at(-1) !== end) {
      const { cursor, previousCursor } = (await subscription.next()).feed
      if (cursors.length > 0) expect(previousCursor).toBe(cursors.at(-1))
      cursors.push(cursor)
    }
    expect(cursors).toHaveLength(first === 0 ? before + count : count - first)
    expect(new Set(cursors).size).toBe(cursors.length)
  }
})

test('batches hold more events where their frames are small', () => {
  const sizeWith = (bytes: number, frames = 64) => {
    const batchSize = new BatchSize()
    for (let made = 0; made < frames; made++) batchSize.made({ size: bytes })
    return batchSize.current
  }
  expect(sizeWith(100, 63)).toBe(64)
  expect(sizeWith(100)).toBe(256)
  expect(sizeWith(500)).toBe(128)
  expect(sizeWith(4_000)).toBe(64)
})
