import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Registry } from '@prometheus-io/client'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openDatabase } from '../../db/database.ts'
import { countDeliveries, registerBacklogs } from '../../src/telemetry/deliveries.ts'
import { query, useTestApp } from '../support/app.ts'
import { addPapers, append, ingested } from '../support/feed.ts'
import { answerWith, startReceiver } from '../support/webhook-receiver.ts'
import { adminToken, createWebhook, webhookSettings } from '../support/webhooks.ts'

const token = 'a-token-for-the-metrics'
const folder: { path?: string } = {}
beforeAll(async () => {
  folder.path = await mkdtemp(join(tmpdir(), 'daily-papers-mail-'))
})
afterAll(() => rm(folder.path ?? '', { recursive: true, force: true }))
const app = useTestApp({
  ...webhookSettings,
  METRICS_TOKEN: token,
  get DATA_DIR() {
    return folder.path ?? ''
  },
})

/** The values of metrics by their names and labels. */
async function scrape(): Promise<Record<string, number>> {
  const response = await fetch(`${app.url}/metrics`, { headers: { authorization: `Bearer ${token}` } })
  const lines = (await response.text()).split('\n').filter((line) => line.startsWith('daily_papers_'))
  return Object.fromEntries(
    lines.map((line) => [line.slice(13, line.lastIndexOf(' ')), Number(line.split(' ').at(-1))]),
  )
}

test('mails are counted as they are sent, and readers by their status', async () => {
  await query(app, 'mutation { subscribeToDigest(address: "ada@example.org") { message } }')
  await expect.poll(async () => (await scrape())['mails_total{outcome="sent"}'], { timeout: 150_000 }).toBe(1)
  await expect.poll(scrape, { timeout: 150_000 }).toMatchObject({
    'mail_readers{status="pending"}': 1,
    mails_due: 0,
    mails_retrying: 0,
    mail_due_age_seconds: 0,
  })
})

test('attempts to deliver to webhooks are counted, and webhooks by their state', async () => {
  await using receiver = await startReceiver()
  const { url } = receiver
  const admin = await adminToken(app.db)
  await createWebhook(app, admin, { url: `${url}/works` })
  await createWebhook(app, admin, { url: `${url}/fails` })
  receiver.answer = (received, response, request) =>
    received.path === '/fails' ? answerWith(500)(received, response, request) : response.end()
  for (const id of await addPapers(app.db, ['One'])) await append(app.db, [ingested(id)])
  await receiver.accepts(1)
  await expect.poll(scrape, { timeout: 150_000 }).toMatchObject({
    'webhook_attempts_total{outcome="succeeded"}': 1,
    'webhook_attempts_total{outcome="failed"}': 1,
    'webhooks{state="active"}': 1,
    'webhooks{state="failing"}': 1,
    'webhooks{state="disabled"}': 0,
    webhooks_due: 0,
    webhook_due_age_seconds: 0,
    webhook_lag_events: 1,
  })
})

test('a webhook that had nothing to do for days is due since there is something', async () => {
  await app.db
    .updateTable('webhook')
    .set({ next_attempt_at: new Date(0), failing_since: null, disabled_at: null, claimed_until: null })
    .execute()
  const state = '{ webhookState { oldestDueSeconds } }'
  const { webhookState } = await query<{ webhookState: { oldestDueSeconds: number | null } }>(
    app,
    state,
    {},
    await adminToken(app.db, 'another'),
  )
  expect(webhookState.oldestDueSeconds ?? 0).toBeLessThan(3_600)
})

test('while the database does not answer, the counts of the server are there and those of the database are not', async () => {
  const registry = new Registry()
  countDeliveries(registry).mail('sent')
  await using away = openDatabase({ connectionString: 'postgresql://127.0.0.1:1/none', onError: () => {} })
  registerBacklogs(registry, away.db)
  const values = (await registry.metrics()).split('\n').filter((line) => !line.startsWith('#') && line !== '')
  expect(values).toContain('daily_papers_mails_total{outcome="sent"} 1')
  expect(values.every((line) => /_total[{ ]/.test(line))).toBe(true)
})
