import { tmpdir } from 'node:os'
import { expect, test } from 'vitest'
import { startCli } from '../support/cli.ts'
import { createTestDatabase } from '../support/database.ts'
import { addPapers, append, ingested } from '../support/feed.ts'
import { startDatabaseProxy } from '../support/proxy.ts'
import { startReceiver } from '../support/webhook-receiver.ts'
import { adminToken, createWebhook, webhookSettings } from '../support/webhooks.ts'

test('servers that are killed, and links that are cut, lose no event and reorder none; doubles are what was on its way', async () => {
  const { database, url } = await createTestDatabase()
  const { db } = database
  await using proxy = await startDatabaseProxy(url)
  await using receiver = await startReceiver()
  const start = async () => {
    const env = {
      ...webhookSettings,
      ...{ DATABASE_URL: proxy.url, PORT: '0', PLANT_SEEDS: 'off', WEBHOOK_LEASE_SECONDS: '2' },
    }
    const server = startCli(['serve'], { cwd: tmpdir(), env })
    const [, port] = await server.said(/localhost:(\d+)\/graphql/)
    return Object.assign(server, { endpoint: `http://127.0.0.1:${port}/graphql` })
  }
  const add = async (count: number) => {
    const titles = Array.from({ length: count }, (_, index) => `Paper ${index}`)
    for (const id of await addPapers(db, titles)) await append(db, [ingested(id)])
  }
  const ids = () => receiver.accepted.map(({ id }) => id)
  const unique = () => [...new Set(ids())]
  await using first = await start()
  await createWebhook(first, await adminToken(db), { url: receiver.url })
  const kills = 2
  let server = first
  for (let round = 1; round <= kills; round++) {
    await add(20)
    await receiver.receives(() => unique().length > (round - 1) * 20 + 3)
    proxy.cut()
    await receiver.receives(() => unique().length > (round - 1) * 20 + 8)
    server.kill('SIGKILL')
    await server.ended
    server = await start()
  }
  await using last = server
  await receiver.receives(() => unique().length === kills * 20)
  last.kill('SIGTERM')
  expect(await last.ended).toEqual({ code: 0, signal: null })
  const paperIds = await db.selectFrom('feed_event').select('paper_id').orderBy('number').execute()
  const delivered = new Map(receiver.accepted.map(({ id, json }) => [id, json.data.paper.id]))
  const expected = paperIds.map(({ paper_id }) => Buffer.from(`Paper:${paper_id}`).toString('base64'))
  expect([...delivered.values()]).toEqual(expected)
  // At most the one request that was on its way at each kill, to the one endpoint.
  expect(ids().length - unique().length).toBeLessThanOrEqual(kills)
}, 90_000)
