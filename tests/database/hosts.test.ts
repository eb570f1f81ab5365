import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { heldSession } from '../../db/connection/held-session.ts'
import { openDatabase } from '../../db/database.ts'
import { isUnavailable } from '../../src/faults.ts'
import { query, startTestApp } from '../support/app.ts'
import { createTestDatabase } from '../support/database.ts'
import { startDatabaseProxy } from '../support/proxy.ts'

/** A database behind two addresses, and a connection string that has both. */
async function twoHosts(parameters = '') {
  const database = await createTestDatabase()
  const proxies = [await startDatabaseProxy(database.url), await startDatabaseProxy(database.url)] as const
  const [first, second] = proxies.map(({ url }) => new URL(url))
  if (!first || !second) throw new Error('No addresses.')
  const user = first.searchParams.get('user') ?? first.username
  const login = first.password ? `${user}:${first.password}` : user
  const url = `postgresql://${login}@${first.host},${second.host}${first.pathname}${parameters}`
  return {
    proxies,
    url,
    async [Symbol.asyncDispose]() {
      for (const proxy of proxies) await proxy[Symbol.asyncDispose]()
    },
  }
}

const one = async (url: string) => {
  await using handle = openDatabase({ connectionString: url, max: 1 })
  return (await sql<{ one: number }>`select 1 as one`.execute(handle.db)).rows
}

test('hosts are tried in order, and again after each switch from one to the other', async () => {
  await using hosts = await twoHosts()
  const [first, second] = hosts.proxies
  await using app = await startTestApp({ settings: { DATABASE_URL: hosts.url } })
  const ask = () => query(app, '{ papers { totalCount } }')
  const links = () => [first.links > 0, second.links > 0]
  expect(links()).toEqual([true, false])
  for (const [from, to] of [
    [first, second],
    [second, first],
    [first, second],
  ] as const) {
    from.accepts = false
    to.accepts = true
    from.cut()
    // The cut reaches the pool a moment later; a request of that moment may fail, but not those after it.
    await ask().catch(() => {})
    await expect.poll(ask, { timeout: 150_000 }).toEqual({ papers: { totalCount: 0 } })
    expect([from.links, to.links > 0]).toEqual([0, true])
    // The connection that listens follows too.
    await expect.poll(() => app.feed.listening, { timeout: 150_000 }).toBe(true)
  }
})

test('a session that is held goes to the next host too', async () => {
  await using hosts = await twoHosts()
  hosts.proxies[0].accepts = false
  const options = {
    connectionString: hosts.url,
    applicationName: 'test',
    signal: AbortSignal.timeout(20_000),
    timeoutMs: 5_000,
    checkIntervalMs: 5_000,
    check: async () => {},
  }
  const seen: unknown[] = []
  await heldSession(options, async (client) => {
    seen.push((await client.query('select 1 as one')).rows)
  })
  expect(seen).toEqual([[{ one: 1 }]])
})

test.each(['any', 'read-write', 'primary', 'prefer-standby'])(
  'target_session_attrs=%s takes a primary',
  async (role) => {
    await using hosts = await twoHosts(`?target_session_attrs=${role}`)
    expect(await one(hosts.url)).toEqual([{ one: 1 }])
  },
)

test.each(['read-only', 'standby'])('target_session_attrs=%s does not take a primary', async (role) => {
  await using hosts = await twoHosts(`?target_session_attrs=${role}`)
  const error = await one(hosts.url).then(
    () => expect.fail('It was taken.'),
    (reason: unknown) => reason,
  )
  expect(String(error)).toContain(`no host of it is what target_session_attrs=${role} asks for`)
  expect(isUnavailable(error)).toBe(true)
})
