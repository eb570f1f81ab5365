import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { openDatabase } from '../../db/database.ts'
import { answerTo, post, query, startTestApp, type TestApp } from '../support/app.ts'
import { execute } from '../support/execute.ts'
import { ingestPaper } from '../support/feed.ts'
import { startDatabaseProxy } from '../support/proxy.ts'
import { type ReplicatedPair, useReplicatedPairs } from '../support/standby.ts'
import { subscribe } from '../support/subscribe.ts'

const startPair = useReplicatedPairs()
const token = 'a-token-of-the-tests'
const patient = { timeout: 180_000, interval: 100 }

async function write(app: TestApp, title: string): Promise<unknown> {
  const papers = [
    { observedAt: '2026-06-16T12:00:00Z', title, publishedAt: '2026-06-15', authors: [{ name: 'Ada' }] },
  ]
  const mutation = 'mutation ($papers: [PaperInput!]!) { ingestPapers(papers: $papers) { newCount } }'
  const response = await post(
    app,
    { query: mutation, variables: { papers } },
    { authorization: `Bearer ${token}` },
  )
  const { data, errors } = (await response.json()) as {
    data?: { ingestPapers: { newCount: number } }
    errors?: { extensions: { code: string } }[]
  }
  return errors?.[0]?.extensions.code ?? data?.ingestPapers.newCount
}

const countOf = async (app: TestApp) =>
  (await query<{ papers: { totalCount: number } }>(app, '{ papers { totalCount } }')).papers.totalCount

/** The standby is promoted, and the primary comes back as its standby. */
async function switchOver({ primary, standby }: ReplicatedPair): Promise<void> {
  await primary.stop()
  await standby.promote()
  await primary.startBehind(standby)
}

async function proxyOf(url: string) {
  const proxy = await startDatabaseProxy(url)
  const { host, searchParams, username } = new URL(proxy.url)
  return { proxy, host, login: searchParams.get('user') ?? username, path: '/papers' }
}

test('of several hosts the primary is used, through a switch over and back, and subscribers lose nothing', async () => {
  await using pair = await startPair()
  const [first, second] = [await proxyOf(pair.primary.url), await proxyOf(pair.standby.url)]
  await using one = first.proxy
  await using other = second.proxy
  // The standby is named first.
  const url = `postgresql://${first.login}@${second.host},${first.host}/papers`
  await using app = await startTestApp({ settings: { DATABASE_URL: url, WRITE_TOKEN: token }, isAlert: true })
  await using papers = subscribe<{ paperIngested: { paper: { title: string } } }>(
    app,
    'subscription { paperIngested(after: "START") { paper { title } } }',
  )
  const next = async () => (await papers.next(60_000)).paperIngested.paper.title
  expect(await write(app, 'Before')).toBe(1)
  expect([await next(), app.feed.listening]).toEqual(['Before', true])
  await pair.caughtUp()

  await pair.primary.stop()
  // Reads go on at the standby, whose links no promotion cuts.
  await expect.poll(() => countOf(app).catch(() => 0), patient).toBe(1)
  expect(await write(app, 'Refused')).toBe('DATABASE_UNAVAILABLE')
  await pair.standby.promote()
  await expect.poll(() => write(app, 'After'), patient).toBe(1)
  expect(await next()).toBe('After')
  await expect.poll(() => app.feed.listening, patient).toBe(true)

  await pair.primary.startBehind(pair.standby)
  one.target = pair.primary.url
  await pair.standby.stop()
  await pair.primary.promote()
  await expect.poll(() => write(app, 'Back'), patient).toBe(1)
  expect([await next(), await countOf(app)]).toEqual(['Back', 3])
  expect(other.links).toBe(0)
}, 400_000)

test('an address that has moved to the new primary is followed, though links to the demoted server stay open', async () => {
  await using pair = await startPair()
  const { proxy, login, host } = await proxyOf(pair.primary.url)
  await using address = proxy
  const url = `postgresql://${login}@${host}/papers`
  await using app = await startTestApp({ settings: { DATABASE_URL: url, WRITE_TOKEN: token }, isAlert: true })
  expect(await write(app, 'Before')).toBe(1)
  await pair.caughtUp()
  await switchOver(pair)
  address.target = pair.primary.url
  // The address still means the server that is a standby by now: reads go on, writes are refused.
  await expect.poll(() => countOf(app).catch(() => 0), patient).toBe(1)
  await expect.poll(() => write(app, 'Refused'), patient).toBe('DATABASE_UNAVAILABLE')
  address.target = pair.standby.url
  await expect.poll(() => execute(pair.primary.url, sessions), patient).toEqual([])
  expect(await write(app, 'After')).toBe(1)
  await expect.poll(() => app.feed.listening, patient).toBe(true)
}, 400_000)

const sessions = `select pid from pg_stat_activity
  where application_name like 'daily-papers%' and backend_type = 'client backend'`

test('on a standby by choice, reads and subscribers go on, and what it has not received is waited for', async () => {
  await using pair = await startPair()
  await using primary = await startTestApp({ settings: { DATABASE_URL: pair.primary.url } })
  await using app = await startTestApp({
    settings: { DATABASE_URL: pair.standby.url, WRITE_TOKEN: token },
    isAlert: true,
  })
  await using feed = subscribe<{ feed: { caughtUpAt?: string; paper?: { title: string } } }>(
    app,
    'subscription { feed(heartbeat: 1) { ... on FeedHeartbeat { caughtUpAt } ... on PaperIngested { paper { title } } } }',
  )
  const next = async () => {
    for (;;) {
      const { paper } = (await feed.next(60_000)).feed
      if (paper) return paper.title
    }
  }
  await feed.next()
  await ingestPaper(primary.db, 'First')
  expect(await next()).toBe('First')
  expect(await write(app, 'Refused')).toBe('DATABASE_UNAVAILABLE')

  await execute(pair.standby.url, 'select pg_wal_replay_pause()')
  await ingestPaper(primary.db, 'Second')
  const position = primary.feed.cursor(await primary.feed.refresh())
  const page = { query: `{ feed(after: "${position}", first: 1) { endCursor } }` }
  expect(await answerTo(app, page)).toMatchObject({
    errors: [{ extensions: { code: 'DATABASE_UNAVAILABLE' } }],
  })
  await execute(pair.standby.url, 'select pg_wal_replay_resume()')
  expect(await next()).toBe('Second')
  expect(await answerTo(app, page)).toMatchObject({ data: { feed: { endCursor: position } } })

  // With DATABASE_LISTEN_URL, the primary tells it of events.
  await using told = await startTestApp({
    settings: { DATABASE_URL: pair.standby.url, DATABASE_LISTEN_URL: pair.primary.url },
  })
  await expect.poll(() => told.feed.listening, patient).toBe(true)

  // A moment later it is there: the request waits for it, and is not refused.
  await execute(pair.standby.url, 'select pg_wal_replay_pause()')
  await ingestPaper(primary.db, 'Third')
  const fresher = primary.feed.cursor(await primary.feed.refresh())
  const asked = answerTo(app, { query: `{ feed(after: "${fresher}", first: 1) { endCursor } }` })
  await execute(pair.standby.url, 'select pg_wal_replay_resume()')
  expect(await asked).toMatchObject({ data: { feed: { endCursor: fresher } } })
}, 400_000)

test.each([
  ['standby', 'it was promoted'],
  ['read-write', 'writes were forbidden'],
])(
  'a connection of target_session_attrs=%s that is open is dropped when %s',
  async (role) => {
    await using pair = await startPair()
    const servers = [await proxyOf(pair.primary.url), await proxyOf(pair.standby.url)] as const
    await using one = servers[0].proxy
    await using other = servers[1].proxy
    const [left, right] = role === 'standby' ? [other, one] : [one, other]
    const url = `postgresql://${servers[0].login}@${servers[0].host},${servers[1].host}/papers?target_session_attrs=${role}`
    await using handle = openDatabase({ connectionString: url, max: 1 })
    const ask = () => sql`select`.execute(handle.db)
    await ask()
    expect([left.links, right.links]).toEqual([1, 0])
    if (role === 'standby') {
      await switchOver(pair)
      one.target = pair.primary.url
    } else {
      await pair.standby.promote()
      await execute(pair.primary.url, 'alter system set default_transaction_read_only = on')
      await execute(pair.primary.url, 'select pg_reload_conf()')
    }
    const linksAfterAsking = async () => {
      await ask().catch(() => {})
      return [left.links, right.links]
    }
    await expect.poll(linksAfterAsking, patient).toEqual([0, 1])
  },
  120_000,
)
