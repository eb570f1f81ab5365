import { tmpdir } from 'node:os'
import { beforeAll, expect, test } from 'vitest'
import { useTestApp } from '../support/app.ts'
import { ingestPaper } from '../support/feed.ts'
import { runMain } from '../support/main.ts'
import { answerWith, startReceiver } from '../support/webhook-receiver.ts'
import { adminToken, createWebhook, webhookSettings } from '../support/webhooks.ts'

const app = useTestApp(webhookSettings)
let token = ''
beforeAll(async () => {
  token = await adminToken(app.db)
})

const run = (...args: string[]) =>
  runMain(['webhook', ...args], {
    cwd: tmpdir(),
    env: { DATABASE_URL: app.database.url, ...webhookSettings },
  })

test('lists webhooks without their URLs, tests one, and rewinds one for the servers that deliver', async () => {
  expect(await run('list')).toEqual({ code: 0, stdout: 'There are no webhooks.\n', stderr: '' })
  await using receiver = await startReceiver()
  await createWebhook(app, token, { name: 'lab', url: `${receiver.url}/secret-path` })
  await ingestPaper(app.db, 'Again and again')
  await receiver.accepts(1)
  const { stdout } = await run('list')
  expect(stdout).toMatch(
    /^NAME +HOST +FORMAT +STATE +POSITION +DELIVERED +NEXT ATTEMPT\nlab +127\.0\.0\.1:\d+ +standard +active/,
  )
  expect(stdout).not.toContain('secret-path')
  const json = JSON.parse((await run('list', '--json')).stdout)
  expect(json).toMatchObject({ name: 'lab', state: 'active', host: new URL(receiver.url).host })
  expect(await run('test', 'lab')).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^lab: answered with the status 200 in \d+ ms\.\n$/),
  })
  receiver.answer = answerWith(500)
  expect(await run('test', 'lab')).toMatchObject({
    code: 1,
    stderr: 'lab: The endpoint answered with the status 500.\n',
  })
  receiver.answer = undefined
  expect(await run('rewind', 'lab', '--after', 'START')).toMatchObject({
    code: 0,
    stdout: 'The webhook lab continues after event 0.\n',
  })
  const after = receiver.accepted[0]?.json.data.cursor
  // A server finds it by itself some seconds later; the hint is what a new event gives.
  app.webhooks.door.wake()
  expect((await receiver.accepts(2)).map(({ id }) => id)).toEqual([`evt_${after}`, `evt_${after}`])
})

test('names that do not exist and cursors that are none are refused with what to do', async () => {
  expect(await run('test', 'nobody')).toMatchObject({
    ...{ code: 1, stderr: 'No webhook has the name "nobody". "daily-papers webhook list" shows all.\n' },
  })
  await using receiver = await startReceiver()
  await createWebhook(app, token, { name: 'other', url: receiver.url })
  expect(await run('rewind', 'other', '--after', 'x')).toMatchObject({
    ...{ code: 1, stderr: expect.stringContaining('"x" is not a feed cursor.') },
  })
})
