import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterAll, describe, expect, test } from 'vitest'
import { StandbyBehindError } from '../../db/connection/server.ts'
import packageJson from '../../package.json' with { type: 'json' }
import { createLogger } from '../../src/log.ts'
import { logFailure, logOutage, noteAnswer } from '../../src/log-failure.ts'
import { query, startTestApp, useTestApp } from '../support/app.ts'
import { startCli } from '../support/cli.ts'
import { createTestDatabase } from '../support/database.ts'
import { hold } from '../support/hold.ts'
import { runMain } from '../support/main.ts'
import { createToken } from '../support/tokens.ts'

const token = 'a-token-that-writes'
const app = useTestApp({ WRITE_TOKEN: token, REQUEST_LOG: 'on', SLOW_MS: '1' })
const folder = mkdtempSync(join(tmpdir(), 'daily-papers-logs-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const linesWith = (part: string) => app.logged.filter((line) => line.includes(part))

describe('LOG_FORMAT=json', () => {
  test('standard output has one line, which says what runs where; standard error has JSON alone', async () => {
    await using database = await createTestDatabase('template0')
    const env = { PORT: '0', DATABASE_URL: database.url, LOG_FORMAT: 'json' }
    await using server = startCli([], { cwd: folder, env })
    await server.said(/"event":"ready"/)
    server.kill('SIGTERM')
    expect(await server.ended).toEqual({ code: 0, signal: null })
    const [line = '', ...others] = server.stdout.split('\n')
    expect(others).toEqual([''])
    expect(JSON.parse(line)).toMatchObject({
      level: 'info',
      message: 'Ready.',
      event: 'ready',
      version: packageJson.version,
      address: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      database: expect.stringMatching(/^postgresql:\/\/.*\(Postgres \d+/),
      migrationsRun: expect.arrayContaining(['0001_papers']),
      papers: 43,
      editions: 2,
    })
    for (const each of server.stderr.trimEnd().split('\n')) expect(JSON.parse(each)).toHaveProperty('message')
  }, 300_000)
})

describe('a week of lines', () => {
  test('each write of a client has one: whose token, how many records, and what became of them', async () => {
    const document = `mutation ($papers: [PaperInput!]!) { ingestPapers(papers: $papers) { newCount } }`
    const paper = { arxivId: '2606.00001', title: 'A Paper on Papers', publishedAt: '2026-06-15T00:00:00Z' }
    const papers = [paper, { ...paper, publishedAt: 'never' }]
    await query(app, document, { papers }, token)
    const [line, ...others] = linesWith('A client wrote papers.')
    expect(others).toEqual([])
    expect(line).toMatch(/token=WRITE_TOKEN records=2 new=1 changed=0 unchanged=0 rejected=1$/)
    expect(line).toContain('requestId=')

    const nightly = await createToken(app, 'nightly', 'ingest')
    await query(app, document, { papers: [paper] }, nightly)
    expect(linesWith('A client wrote papers.').at(-1)).toMatch(/token=nightly records=1 new=0/)
  })

  test('tokens that give no rights have a line now and then, without the token', async () => {
    for (const each of ['first', 'second', 'third'])
      await query(app, '{ __typename }', {}, `a-wrong-token-${each}`)
    expect(linesWith('A token gives no rights.')).toEqual([expect.stringContaining('reason=unknown')])
    expect(app.logged.join('\n')).not.toContain('a-wrong-token')
  })

  test('REQUEST_LOG=on writes each request, without its query string', async () => {
    await fetch(`${app.endpoint}?query={__typename}`).then((response) => response.text())
    await expect
      .poll(() => linesWith('Request.').at(-1))
      .toMatch(/Request\. .*method=GET path=\/graphql status=200 bytes=\d+ durationMs=[\d.]+$/)
    expect(app.logged.join('\n')).not.toContain('__typename')
  })

  test('the links of mails, which let anybody end a digest, are not in the request log', async () => {
    await fetch(`${app.url}/mail/a-secret-of-a-reader/stop`).then((response) => response.text())
    await expect.poll(() => linesWith('path=/mail/').at(-1)).toContain('path=/mail/…/stop status=404')
    expect(app.logged.join('\n')).not.toContain('a-secret-of-a-reader')
  })

  test('a stream that its client leaves has its line with the id that the client saw', async () => {
    const leave = new AbortController()
    const { headers } = await fetch(`${app.url}/feed?after=NOW`, { signal: leave.signal })
    leave.abort()
    await expect
      .poll(() => linesWith('path=/feed').at(-1))
      .toContain(`requestId=${headers.get('x-request-id')}`)
  })

  test('slow operations and statements are named', async () => {
    await using lock = await hold(app.db, sql`lock table paper`)
    const asked = query(app, 'query Slowly { papers(first: 1) { nodes { title } } }')
    await lock.someoneWaits()
    await lock.release()
    await asked
    const said = app.logged.join('\n')
    expect(said).toMatch(/A statement took long\. .*statement="select paper" durationMs=\d+/)
    expect(said).toMatch(
      /An operation took long\. .*type=query operation=Slowly transport=http outcome=ok durationMs=\d+/,
    )
  })

  test('what began before the start was over is not slow: it waited for code that was being loaded', async () => {
    await using starting = await startTestApp({ beside: app, settings: { SLOW_MS: '1' } })
    await using lock = await hold(app.db, sql`lock table paper`)
    const asked = query(starting, 'query Slowly { papers(first: 1) { nodes { title } } }')
    await lock.someoneWaits()
    starting.started()
    await lock.release()
    await asked
    expect(starting.logged.join('\n')).not.toMatch(/statement="select paper"|operation=Slowly/)
  })
})

describe('an outage', () => {
  test('has one line without a stack, and one when the database answers again', () => {
    const lines: string[] = []
    const log = createLogger({ level: 'info', format: 'text', write: (line) => lines.push(line) })
    const error = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
    noteAnswer(log)
    logOutage(log, 'The database cannot be reached.', error)
    logOutage(log, 'The database cannot be reached.', error)
    noteAnswer(log)
    noteAnswer(log)
    logOutage(log, 'The database cannot be reached.', error)
    expect(lines.map((line) => line.slice(9))).toEqual([
      'warn: The database cannot be reached. reason="connect ECONNREFUSED"',
      'The database answers again. afterSeconds=0',
      'warn: The database cannot be reached. reason="connect ECONNREFUSED"',
    ])
  })

  test('a standby that is behind can be reached: it has a line of its own, once a minute', () => {
    const lines: string[] = []
    const log = createLogger({ level: 'info', format: 'text', write: (line) => lines.push(line) })
    const error = new StandbyBehindError('The standby has not reached this cursor yet.')
    for (const _ of [1, 2, 3]) {
      logFailure(log, 'A request failed.', { error })
      noteAnswer(log)
    }
    expect(lines.map((line) => line.slice(9))).toEqual([
      'warn: The standby is behind the feed; requests for what it has not received yet fail. reason="The standby has not reached this cursor yet."',
    ])
  })

  test('the end is noticed by the next reading of the feed', async () => {
    await using other = await startTestApp({ beside: app })
    await expect.poll(() => other.feed.listening, { timeout: 150_000 }).toBe(true)
    await sql`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`.execute(
      app.database.database.db,
    )
    await expect.poll(() => other.logged.join('\n'), { timeout: 150_000 }).toMatch(/answers again/)
  })
})

describe('migrate --dry-run', () => {
  test('says which migrations would run, and runs none', async () => {
    await using database = await createTestDatabase('template0')
    const env = { DATABASE_URL: database.url }
    const dry = () => runMain(['migrate', '--dry-run'], { cwd: folder, env })
    expect((await dry()).stdout).toMatch(/: would run\n {2}0001_papers\n {2}0002_feed\n/)
    await runMain(['migrate'], { cwd: folder, env })
    expect((await dry()).stdout).toMatch(/: already at the latest schema\.\n$/)
  })
})
