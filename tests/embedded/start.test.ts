import { mkdirSync, readdirSync, renameSync, statSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import pg from 'pg'
import { afterAll, expect, onTestFinished, test, vi } from 'vitest'
import { startEmbedded } from '../../db/embedded/index.ts'
import { lockDirectory } from '../../db/embedded/lock.ts'
import { Launched, query, temporaryFolder } from '../support/embedded.ts'

const folder = temporaryFolder()
const dataDir = join(folder.path, 'new', 'pg18')
afterAll(() => folder[Symbol.asyncDispose]())

const quick = { sync: false, settings: { fsync: 'off' } }

test('the first start makes a cluster, the second one finds its data', async () => {
  // Meant for another server, and no business of a unix socket.
  vi.stubEnv('PGSSLMODE', 'require')
  vi.stubEnv('PGPORT', '1')
  onTestFinished(() => void vi.unstubAllEnvs())
  {
    await using first = await startEmbedded({ dataDir, ...quick })
    expect(first).toMatchObject({ dataDir, firstStart: true, version: expect.stringContaining('PostgreSQL') })
    await query(first.url, "create table kept as select lower('ÄÖ') as word")
    await expect(query(first.url, 'select current_database() as name')).resolves.toEqual([
      { name: 'daily_papers' },
    ])
  }
  await using second = await startEmbedded({ dataDir, ...quick })
  expect(second.firstStart).toBe(false)
  const pool = new pg.Pool(second.connection)
  // Its clients may be told of the end before their sockets are closed.
  pool.on('connect', (client) => client.on('error', () => {}))
  expect((await pool.query('select word from kept')).rows).toEqual([{ word: 'äö' }])
  await pool.end()
  expect(statSync(dataDir).mode & 0o077).toBe(0)
})

test('the write-ahead log is kept small, whatever is written', async () => {
  await using database = await startEmbedded({ dataDir, ...quick })
  for (let written = 0; written < 20; written += 1)
    await query(database.url, "select pg_logical_emit_message(false, 'test', repeat('x', 8000000))")
  const wal = join(dataDir, 'pg_wal')
  const bytes = () => readdirSync(wal).reduce((sum, name) => sum + statSync(join(wal, name)).size, 0)
  await expect.poll(bytes, { timeout: 150_000 }).toBeLessThan(110_000_000)
})

test('it listens on a private socket only, as durable as Postgres is by default', async () => {
  await using database = await startEmbedded({ dataDir, database: 'it"s' })
  const shown = async (name: string) => Object.values((await query(database.url, `show ${name}`))[0] ?? {})[0]
  expect(await shown('listen_addresses')).toBe('')
  expect(await shown('unix_socket_permissions')).toBe('0700')
  expect([await shown('fsync'), await shown('synchronous_commit')]).toEqual(['on', 'on'])
  expect(await shown('server_encoding')).toBe('UTF8')
  expect(database.connection.database).toBe('it"s')
})

test('a second server is refused on the same directory, by whatever name, until the first has left', async () => {
  const alias = join(folder.path, 'alias')
  symlinkSync(dataDir, alias)
  await using holder = new Launched({ dataDir, ...quick })
  await holder.message('ready')
  const refusal = `${dataDir} is in use by another server (process ${holder.pid})`
  await Promise.all([
    expect(startEmbedded({ dataDir, ...quick })).rejects.toThrow(refusal),
    expect(startEmbedded({ dataDir: alias, ...quick })).rejects.toThrow(refusal),
  ])
  holder.kill('SIGTERM')
  await using next = await startEmbedded({ dataDir, ...quick }) // waits for the one that is leaving
  expect(next.firstStart).toBe(false)
  await expect(lockDirectory(dataDir, 0)).rejects.toThrow(`(process ${process.pid})`)
})

test('of two first starts that race, one wins and the other is told so', async () => {
  await using folder = temporaryFolder()
  const dataDir = join(folder.path, 'pg')
  const alias = join(folder.path, 'alias')
  symlinkSync(dataDir, alias) // a link to what the first start has yet to make
  await using one = new Launched({ dataDir, ...quick })
  await using other = new Launched({ dataDir: alias, ...quick })
  const [won, lost] = await Promise.race([
    one.message('failed').then(() => [other, one] as const),
    other.message('failed').then(() => [one, other] as const),
  ])
  const { url } = await won.message('ready')
  expect(await lost.message('failed')).toMatchObject({
    name: 'DirectoryInUseError',
    message: expect.stringContaining(`in use by another server (process ${won.pid})`),
  })
  expect(lost.messages.some(({ event }) => event === 'ready')).toBe(false)
  expect(await query(url, 'select 1 as one')).toEqual([{ one: 1 }])
})

test.each([
  ['odd characters', `it's a "path", ä é %41 + \\ & ?=#`],
  ['more bytes than a socket path may have', 'long'.repeat(30)],
])('a path with %s works', async (_, name) => {
  const moved = join(folder.path, name, 'pg18')
  mkdirSync(dirname(moved))
  renameSync(dataDir, moved)
  await using database = await startEmbedded({ dataDir: moved, ...quick })
  expect(database.dataDir).toBe(moved)
  expect(await query(database.url, 'select word from kept')).toEqual([{ word: 'äö' }])
  await database.stop()
  renameSync(moved, dataDir)
})

test('a start prints nothing, and a refused setting is told with the words of Postgres', async () => {
  await using good = new Launched({ dataDir, ...quick, task: 'end' })
  expect(await good.ended).toEqual({ code: 0, signal: null })
  expect(good.stderr).toBe('')
  const start = startEmbedded({ dataDir, sync: false, settings: { max_connections: 'many' } })
  await expect(start).rejects.toThrow(
    /Postgres did not start.*invalid value for parameter "max_connections"/s,
  )
  await using again = await startEmbedded({ dataDir, ...quick }) // the failed start let go of the directory
  expect(again.firstStart).toBe(false)
})
