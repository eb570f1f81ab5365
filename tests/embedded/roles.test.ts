import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { expect, test } from 'vitest'
import { migrateToLatest } from '../../db/connection/migrate.ts'
import { openDatabase } from '../../db/database.ts'
import { findBinaries } from '../../db/embedded/binaries.ts'
import { startEmbedded } from '../../db/embedded/index.ts'
import { ensureCluster } from '../../db/embedded/initdb.ts'
import { barrierFor, serverUser } from '../../db/embedded/privileges.ts'
import { query, temporaryFolder } from '../support/embedded.ts'

const quick = { sync: false, settings: { fsync: 'off' } } as const

test('the program works as the owner of its database and can be nobody else', async () => {
  await using folder = temporaryFolder()
  await using embedded = await startEmbedded({ dataDir: join(folder.path, 'pg'), ...quick })
  const [role] = await query(
    embedded.url,
    `select rolname, rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls,
            pg_get_userbyid(datdba) as owner, pg_has_role('pg_execute_server_program', 'usage') as programs
       from pg_roles, pg_database where rolname = current_user and datname = current_database()`,
  )
  expect(role).toEqual({
    rolname: 'daily_papers',
    rolsuper: false,
    rolcreatedb: false,
    rolcreaterole: false,
    rolreplication: false,
    rolbypassrls: false,
    owner: 'daily_papers',
    programs: false,
  })
  for (const attempt of [
    `copy (select 1) to program 'id'`,
    `select pg_read_file('/etc/passwd')`,
    'set session authorization postgres',
    'set role postgres',
    'create role other superuser',
    'create database other',
  ]) {
    await expect(query(embedded.url, attempt)).rejects.toThrow(/permission denied|must be|only roles/)
  }
  for (const user of ['postgres', 'other', '']) {
    const client = new pg.Client({ ...embedded.connection, user: user || 'all' })
    await expect(client.connect()).rejects.toThrow(/pg_hba.conf rejects connection/)
  }
})

test('migrations run as this role', async () => {
  await using folder = temporaryFolder()
  await using embedded = await startEmbedded({ dataDir: join(folder.path, 'pg'), ...quick })
  await using database = openDatabase({ connectionString: embedded.url, max: 1 })
  expect((await migrateToLatest(database.db)).length).toBeGreaterThan(0)
})

test('what a superuser made in the folder before becomes the property of the role, and its data stays', async () => {
  await using folder = temporaryFolder()
  const dataDir = join(folder.path, 'pg')
  {
    await using former = await startEmbedded({ dataDir, ...quick, superuser: true })
    await using database = openDatabase({ connectionString: former.url, max: 1 })
    await migrateToLatest(database.db)
    await query(former.url, "create schema extra; create table extra.kept as select 'data' as word")
    await query(former.url, 'create domain short as text; create view seen as select 1 as one')
    await query(former.url, 'create sequence numbers')
  }
  {
    await using embedded = await startEmbedded({ dataDir, ...quick })
    expect(await query(embedded.url, 'select word from extra.kept')).toEqual([{ word: 'data' }])
    const left = `select relname from pg_class
      where relowner = 'postgres'::regrole and oid >= 16384 and relkind not in ('t', 'i') and relnamespace <> 'pg_toast'::regnamespace`
    expect(await query(embedded.url, left)).toEqual([])
    await query(embedded.url, 'alter table paper add column more int; drop table extra.kept; drop view seen')
    await using database = openDatabase({ connectionString: embedded.url, max: 1 })
    expect(await migrateToLatest(database.db)).toEqual([])
  }
  await using again = await startEmbedded({ dataDir, ...quick })
  expect(again.firstStart).toBe(false)
  await expect(query(again.url, 'select 1 as one')).resolves.toEqual([{ one: 1 }])
})

test('its files beside the data directory are for its owner alone, those of an older version too', async () => {
  await using folder = temporaryFolder()
  const dataDir = join(folder.path, 'pg')
  writeFileSync(`${dataDir}.lock`, '', { mode: 0o644 })
  writeFileSync(`${dataDir}.log`, '', { mode: 0o644 })
  chmodSync(`${dataDir}.lock`, 0o666)
  await using _ = await startEmbedded({ dataDir, ...quick })
  for (const name of ['pg.lock', 'pg.lock.pid', 'pg.log', 'pg/daily_papers_hba.conf'])
    expect([name, statSync(join(folder.path, name)).mode & 0o777]).toEqual([name, 0o600])
})

test.each(['pg.lock', 'pg.log'])(
  'a link in the place of %s is refused, and what it names is left alone',
  async (name) => {
    await using folder = temporaryFolder()
    const target = join(folder.path, 'target')
    writeFileSync(target, 'untouched')
    symlinkSync(target, join(folder.path, name))
    const start = startEmbedded({ dataDir: join(folder.path, 'pg'), ...quick })
    await expect(start).rejects.toThrow(`${join(folder.path, name)} is a symbolic link`)
    expect(readFileSync(target, 'utf8')).toBe('untouched')
  },
)

test('a link in the place of the pid file is replaced, not followed', async () => {
  await using folder = temporaryFolder()
  const target = join(folder.path, 'target')
  writeFileSync(target, 'untouched')
  symlinkSync(target, join(folder.path, 'pg.lock.pid'))
  await using _ = await startEmbedded({ dataDir: join(folder.path, 'pg'), ...quick })
  expect(lstatSync(join(folder.path, 'pg.lock.pid')).isFile()).toBe(true)
  expect(readFileSync(target, 'utf8')).toBe('untouched')
})

test('another user can hold no lock, and reads nothing', async ({ skip }) => {
  skip(process.getuid?.() !== 0, 'needs root, to become another user')
  await using folder = temporaryFolder()
  const dataDir = join(folder.path, 'pg')
  await using embedded = await startEmbedded({ dataDir, ...quick })
  for (const file of ['pg.lock', 'pg.log', 'pg/PG_VERSION']) {
    const { status } = spawnSync('cat', [join(folder.path, file)], { uid: 65_534, gid: 65_534 })
    expect([file, status]).toEqual([file, 1])
  }
  expect(existsSync(join(embedded.connection.host, '.s.PGSQL.5432'))).toBe(true)
  expect(barrierFor({ uid: 65_534, gid: 65_534 }, embedded.connection.host)).toBe(embedded.connection.host)
})

test('a lock file of another user is refused', async ({ skip }) => {
  skip(process.getuid?.() !== 0, 'needs root, to become another user')
  await using folder = temporaryFolder()
  const dataDir = join(folder.path, 'pg')
  writeFileSync(`${dataDir}.lock`, '')
  chownSync(`${dataDir}.lock`, 65_534, 65_534)
  await expect(startEmbedded({ dataDir, ...quick })).rejects.toThrow(`${dataDir}.lock is a file of uid 65534`)
})

test('root on a system without a user postgres: Postgres gets a uid that nobody else has, not that of nobody', async ({
  skip,
}) => {
  skip(process.getuid?.() !== 0, 'needs root')
  skip(
    spawnSync('unshare', ['--user', 'true'], { uid: 60_978, gid: 60_978 }).status !== 0,
    'needs user namespaces',
  )
  await using folder = temporaryFolder()
  const binaries = findBinaries()
  const passwd = join(folder.path, 'passwd')
  writeFileSync(passwd, 'root:x:0:0::/root:/bin/sh\nnobody:x:65534:65534::/:/bin/false\n')
  const dataDir = join(folder.path, 'pg')
  const user = serverUser({ bin: binaries.bin, parent: folder.path, passwd })
  expect(await ensureCluster({ dataDir, binaries, user, sync: false })).toBe(true)
  expect([statSync(dataDir).uid, statSync(join(dataDir, 'base')).uid]).toEqual([60_978, 60_978])
  // As a version made it that ran Postgres as nobody.
  for (const path of [dataDir, join(dataDir, 'base')]) chownSync(path, 65_534, 65_534)
  expect(await ensureCluster({ dataDir, binaries, user, sync: false })).toBe(false)
  expect([statSync(dataDir).uid, statSync(join(dataDir, 'base')).uid]).toEqual([60_978, 60_978])
})

test('root without a user postgres and without namespaces: initdb borrows a name, its files are closed to the lender', async ({
  skip,
}) => {
  skip(process.getuid?.() !== 0, 'needs root')
  await using folder = temporaryFolder()
  const binaries = findBinaries()
  const passwd = join(folder.path, 'passwd')
  writeFileSync(passwd, 'root:x:0:0::/root:/bin/sh\nnobody:x:65534:65534::/:/bin/false\n')
  // With no Postgres to try it on, the namespace fails as a refused one does.
  const user = serverUser({ bin: join(folder.path, 'none'), parent: folder.path, passwd })
  const lent = join(folder.path, 'lent')
  mkdirSync(lent)
  const inside = user.prepare(lent)
  const seen = spawnSync('ls', [inside], { uid: 65_534, gid: 65_534, encoding: 'utf8' })
  expect(seen.stderr).toContain('Permission denied')

  const dataDir = join(folder.path, 'pg')
  expect(await ensureCluster({ dataDir, binaries, user, sync: false })).toBe(true)
  expect([statSync(dataDir).uid, statSync(join(dataDir, 'base')).uid]).toEqual([60_978, 60_978])
  expect(statSync(dataDir).mode & 0o777).toBe(0o700)
  expect(readdirSync(folder.path).sort()).toEqual(['lent', 'passwd', 'pg'])
})

test('root on a system with neither is told to make a user', async ({ skip }) => {
  skip(process.getuid?.() !== 0, 'needs root')
  await using folder = temporaryFolder()
  const passwd = join(folder.path, 'passwd')
  writeFileSync(passwd, 'root:x:0:0::/root:/bin/sh\n')
  expect(() => serverUser({ bin: findBinaries().bin, parent: folder.path, passwd })).toThrow(
    /no user "postgres".*useradd --system postgres.*EMBEDDED_PG_USER.*DATABASE_URL/,
  )
})
