import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { gunzipSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openDatabase } from '../../db/database.ts'
import { restoreDump } from '../../db/dump/restore.ts'
import { writeDump } from '../../db/dump/write.ts'
import { plantSeeds } from '../../seeds/plant.ts'
import { query, refusal, startTestApp } from '../support/app.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { runMain } from '../support/main.ts'
import { plant } from '../support/papers.ts'

const folder = mkdtempSync(join(tmpdir(), 'daily-papers-dump-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const run = (args: readonly string[], database: TestDatabase) =>
  runMain(args, { cwd: folder, env: { DATABASE_URL: database.url } })

let origin: TestDatabase
beforeAll(async () => {
  origin = await createTestDatabase()
  await plantSeeds(origin.database.db)
  await run(['token', 'create', '--name', 'nightly', '--role', 'ingest'], origin)
  const { code, stderr } = await run(['dump', 'papers.dump.gz'], origin)
  expect({ code, stderr }).toEqual({
    code: 0,
    stderr: expect.stringMatching(
      /^Wrote 43 papers and the feed up to event \d+ into papers\.dump\.gz, [\d.]+ MB\.\n$/,
    ),
  })
})

/** Every row of every table, in order. */
async function contents({ url }: TestDatabase): Promise<Record<string, string[]>> {
  await using database = openDatabase({ connectionString: url, max: 1 })
  const { rows: tables } = await database.pool.query(
    `select relname as name from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace
     and relname not in ('lease', 'kysely_migration', 'kysely_migration_lock') order by 1`,
  )
  const all: Record<string, string[]> = {}
  for (const { name } of tables) {
    const { rows } = await database.pool.query(`select t::text as row from ${name} t order by 1`)
    all[name] = rows.map(({ row }) => row)
  }
  return all
}

const file = () => readFileSync(join(folder, 'papers.dump.gz'))
const page = `query ($after: FeedCursor!) { feed(after: $after, first: 100) { events { ... on PaperEvent { paper { title } } } } }`
const position = async (app: { endpoint: string }) =>
  (await query<{ feedPosition: string }>(app, '{ feedPosition }')).feedPosition

test('a database without papers is no dump', async () => {
  await using other = await createTestDatabase('template0')
  expect(await run(['dump', 'nothing.dump.gz'], other)).toMatchObject({
    code: 1,
    stderr: 'The database has no papers and no feed. Check DATABASE_URL, or DATA_DIR.\n',
  })
})

describe('dump and restore', () => {
  test('everything comes back, tokens and the feed included, into a database without tables', async () => {
    await using target = await createTestDatabase('template0')
    const { code, stdout } = await run(['restore', 'papers.dump.gz'], target)
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: expect.stringMatching(/^Restored 43 papers and the feed up to event \d+, as of 20\S+Z\.\n$/),
    })
    const { feed: _, ...before } = await contents(origin)
    const { feed: __, ...after } = await contents(target)
    expect(after).toEqual(before)
    expect(Object.values(after).filter((rows) => rows.length > 0).length).toBeGreaterThan(10)
  })

  test('what is written after a restore gets ids and events of its own', async () => {
    await using target = await createTestDatabase()
    await run(['restore', 'papers.dump.gz'], target)
    await using app = await startTestApp({ settings: { DATABASE_URL: target.url } })
    await plant(app.db, [{ title: 'After the restore' }])
    expect(await query(app, '{ papers(first: 1) { totalCount } }')).toEqual({ papers: { totalCount: 44 } })
  })

  test('a restored database goes on with cursors of before, and refuses those of after', async () => {
    await using old = await startTestApp({ settings: { DATABASE_URL: origin.url } })
    const shared = await position(old)
    await plant(old.db, [{ title: 'Only in the origin' }])
    const lost = await position(old)
    await using target = await createTestDatabase()
    await run(['restore', 'papers.dump.gz'], target)
    await using restored = await startTestApp({ settings: { DATABASE_URL: target.url } })
    expect((await refusal(restored, page, { after: lost })).extensions).toMatchObject({
      code: 'CURSOR_FUTURE',
      restartFrom: expect.any(String),
    })
    await plant(restored.db, [{ title: 'Only in the copy' }])
    const titles = { feed: { events: [{ paper: { title: 'Only in the copy' } }] } }
    expect(await query(restored, page, { after: shared })).toMatchObject(titles)
    const { extensions } = await refusal(restored, page, { after: lost })
    expect(extensions).toMatchObject({ code: 'CURSOR_FOREIGN' })
    expect(await query(restored, page, { after: extensions.restartFrom })).toMatchObject(titles)
  })

  test('a dump is one moment, whatever is written while it is made', async () => {
    await using target = await createTestDatabase('template0')
    const dumping = run(['dump', 'busy.dump.gz'], origin)
    for (let number = 0; number < 5; number += 1)
      await plant(origin.database.db, [{ title: `Meanwhile ${number}` }])
    expect((await dumping).code).toBe(0)
    expect((await run(['restore', 'busy.dump.gz'], target)).code).toBe(0)
    const { rows } = await target.database.pool.query(
      `select (select count(*)::int from feed_event) as events, (select head::int from feed) as head,
         (select count(*)::int from feed_event where kind = 'ingested') as ingested, (select count(*)::int from paper) as papers`,
    )
    expect(rows[0].events).toBe(rows[0].head)
    expect(rows[0].ingested).toBe(rows[0].papers)
  })

  test('only its owner can read a dump, and none is overwritten', async () => {
    expect(statSync(join(folder, 'papers.dump.gz')).mode & 0o777).toBe(0o600)
    expect(await run(['dump', 'papers.dump.gz'], origin)).toMatchObject({
      code: 1,
      stderr: 'papers.dump.gz exists already. Name a new file.\n',
    })
  })

  test('through a pipe, from one database to another', async () => {
    await using target = await createTestDatabase('template0')
    const pipe = new PassThrough()
    await using from = openDatabase({ connectionString: origin.url, statementTimeoutMs: 0 })
    await using to = openDatabase({ connectionString: target.url, statementTimeoutMs: 0 })
    await Promise.all([writeDump(from, pipe), restoreDump(to, pipe)])
    expect((await contents(target)).paper).toEqual((await contents(origin)).paper)
  })
})

describe('a dump that cannot be restored', () => {
  const lines = () => gunzipSync(file()).toString().split('\n')
  const changed = (first: object) => {
    const [header = '', ...rest] = lines()
    return gzipSync([JSON.stringify({ ...JSON.parse(header), ...first }), ...rest].join('\n'))
  }
  const bad: Record<string, [() => Uint8Array, RegExp]> = {
    'a file of something else': [() => Buffer.from('%PDF-1.7'), /is not a dump of daily-papers/],
    'another file that is compressed': [() => gzipSync('hello\n'), /is not a dump of daily-papers/],
    'an empty file': [() => Buffer.alloc(0), /is cut off before its end|is not a dump/],
    'half of a dump': [() => file().subarray(0, file().length / 2), /is cut off before its end/],
    'a dump without its last line': [
      () => gzipSync(lines().slice(0, -2).join('\n')),
      /is cut off before its end/,
    ],
    'a dump with a row missing': [
      () =>
        gzipSync(
          lines()
            .filter((_, at, all) => all[at - 1]?.startsWith('{"table":"paper"') !== true)
            .join('\n'),
        ),
      /is damaged: /,
    ],
    'a dump of a newer version': [
      () => changed({ migrations: ['0001_papers', '0999_future'] }),
      /was written by a newer daily-papers \(migration 0999_future\)/,
    ],
    'a dump in a newer format': [
      () => changed({ version: 2 }),
      /was written by a newer daily-papers \(format 2\)/,
    ],
  }

  test.each(Object.entries(bad))(
    '%s is refused with a sentence, and nothing is restored',
    async (name, [make, words]) => {
      await using target = await createTestDatabase()
      const path = `${name.replaceAll(' ', '-')}.gz`
      writeFileSync(join(folder, path), make())
      const { code, stderr } = await run(['restore', path], target)
      expect(code).toBe(1)
      expect(stderr).toMatch(new RegExp(`^${path.replaceAll('.', '\\.')} ${words.source}.*\n$`))
      expect((await contents(target)).paper).toEqual([])
    },
  )

  test('a database with papers is refused, and stays as it is', async () => {
    await using target = await createTestDatabase()
    await plant(target.database.db, [{ title: 'Mine' }])
    const { code, stderr } = await run(['restore', 'papers.dump.gz'], target)
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringContaining('cannot be restored: the database has papers already.'),
    })
    expect((await contents(target)).paper).toHaveLength(1)
  })

  test('a file that is not there is named', async () => {
    expect((await run(['restore', 'nowhere.gz'], origin)).stderr).toMatch(
      /^Cannot read nowhere\.gz: .*ENOENT/,
    )
  })
})
