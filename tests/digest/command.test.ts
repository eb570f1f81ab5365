import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import PostalMime from 'postal-mime'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { confirmDigest } from '../../db/digest/readers.ts'
import { askForDigest } from '../../db/digest/subscribers.ts'
import { useTestDatabase } from '../support/database.ts'
import { listPapers, preferences } from '../support/digest.ts'
import { runMain } from '../support/main.ts'

const copy = useTestDatabase()
let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'daily-papers-test-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const run = (...args: string[]) =>
  runMain(['digest', ...args], {
    cwd: folder,
    env: { DATABASE_URL: copy.url, DATA_DIR: folder, PUBLIC_URL: 'https://papers.example.org' },
  })

/** A reader who has confirmed, and whose digest was due a minute ago. */
async function dueReader(address: string): Promise<void> {
  const { db } = copy.database
  await askForDigest(db, address, preferences(), new Date())
  const { id, generation } = await db
    .selectFrom('mail_subscriber')
    .select(['id', 'generation'])
    .where('address', '=', address)
    .executeTakeFirstOrThrow()
  await confirmDigest(db, { id, generation }, new Date())
  await sql`delete from mail_delivery where subscriber_id = ${id}`.execute(db)
  await sql`update mail_subscriber set next_due_at = now() - interval '1 minute' where id = ${id}`.execute(db)
}

async function mails() {
  const files = (await readdir(join(folder, 'mail'))).filter((name) => name.endsWith('.eml'))
  return Promise.all(files.map(async (name) => PostalMime.parse(await readFile(join(folder, 'mail', name)))))
}

test('the digest of a day is printed; what is due is sent and counted; readers are listed without their addresses', async () => {
  expect(await run('list')).toMatchObject({
    code: 0,
    stdout: '0 active, 0 not confirmed; mails: 0 due, 0 sent and 0 failed in the last 90 days.\n',
  })
  expect((await run('send-due')).stdout).toBe('Sent 0 mails; 0 wait.\n')

  await dueReader('ada@example.org')
  await listPapers(copy.database.db, '2026-06-16', ['Sent by hand', 'And \u202eanother'])
  const { stdout: text } = await run('preview', '--day', '2026-06-16')
  expect(text).toContain('Tuesday, June 16, 2026: 2 new papers')
  expect(text).toContain('\nSent by hand\n')
  const { stdout: html } = await run('preview', '--day', '2026-06-16', '--format', 'html')
  expect(html).toMatch(/^<!doctype html>[\s\S]*Sent by hand<\/a>/)
  const filtered = await run('preview', '--day', '2026-06-16', '--filter', '{"text": "hand"}')
  expect(filtered.stdout).toContain('1 new paper\n')

  expect((await run('send-due')).stdout).toBe('Sent 1 mail; 0 wait.\n')
  const [mail, ...others] = await mails()
  expect([mail?.to?.[0]?.address, others]).toEqual(['ada@example.org', []])
  expect(mail?.text).toContain('Sent by hand')

  await dueReader('bea@example.org')
  await dueReader('cleo@example.org')
  await listPapers(copy.database.db, '2026-06-17', ['For two'])
  expect((await run('send-due')).stdout).toBe('Sent 2 mails; 0 wait.\n')
  const { stdout: listed } = await run('list')
  expect(listed).toMatch(
    /^active +daily at 7:00 UTC {2}a…@example\.org\n(?:active .*\n){2}3 active, 0 not confirmed; mails: 0 due, 3 sent/,
  )
  expect((await run('list', '--addresses')).stdout).toContain('ada@example.org')
  expect(JSON.parse((await run('list', '--json')).stdout.split('\n')[0] ?? '')).toMatchObject({
    ...{ address: 'a…@example.org', status: 'active', cadence: 'daily', hour: 7 },
  })
})

test.each([
  [['preview', '--day', '2026-02-30'], 'Pass a date, such as 2026-01-05.'],
  [['preview', '--day', '2026-01-01'], 'No digest exists of 2026-01-01'],
  [['preview', '--filter', '7'], 'The filter must be a PaperFilter as JSON'],
  [['preview', '--filter', '{"nope": 1}'], 'nope'],
])('digest %j is refused in words', async (args, words) => {
  const { code, stdout, stderr } = await run(...args)
  expect([code, stdout]).toEqual([1, ''])
  expect(stderr).toContain(words)
  expect(stderr).not.toMatch(/\bat .*\.ts:\d/)
})
