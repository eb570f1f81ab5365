import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { migrateToLatest } from '../../db/connection/migrate.ts'
import { openDatabase } from '../../db/database.ts'
import { type EmbeddedDatabase, startEmbedded } from '../../db/embedded/index.ts'
import { generatePapers } from './generate.ts'

/** Loading waits for no disk; what reading depends on is as the embedded database has it. */
const settings = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  max_wal_size: '8GB',
  maintenance_work_mem: '1GB',
}

/** Starts a Postgres, in `folder` to keep it there and use it again, or in one that is removed. */
export async function startBenchCluster(
  stack: AsyncDisposableStack,
  kept: string | undefined,
): Promise<EmbeddedDatabase> {
  const folder = kept ?? (await mkdtemp(join(tmpdir(), 'daily-papers-bench-')))
  if (kept === undefined) stack.defer(() => rm(folder, { recursive: true, force: true }))
  const cluster = await startEmbedded({
    superuser: true,
    dataDir: join(folder, 'pg'),
    database: 'bench',
    sync: false,
    path: process.env.PATH,
    settings,
  })
  return stack.use(cluster)
}

/** There while papers are generated: a database that still has it was left half full. */
const unfinished = 'bench_fill_unfinished'

/** Migrates a database and fills it with generated papers, unless it has some. A fill that was broken off is begun anew. */
export async function fillDatabase(connectionString: string, amount: number): Promise<void> {
  // Making an index takes as long as it takes.
  await using handle = openDatabase({ connectionString, max: 4, statementTimeoutMs: 0 })
  const { db } = handle
  const { rows: broken } = await sql`select where to_regclass(${unfinished}) is not null`.execute(db)
  if (broken.length > 0) await sql`drop schema public cascade; create schema public`.execute(db)
  await migrateToLatest(db)
  const { rows } = await sql`select from paper limit 1`.execute(db)
  if (rows.length > 0) return
  await sql`create table ${sql.id(unfinished)} ()`.execute(db)
  const started = performance.now()
  let told = 0
  await generatePapers(db, amount, {
    progress(done) {
      if (done < told + amount / 10) return
      told = done
      console.log(`${done} papers after ${((performance.now() - started) / 1000).toFixed(0)} s`)
    },
  })
  await sql`drop table ${sql.id(unfinished)}`.execute(db)
  console.log(`generated and indexed in ${((performance.now() - started) / 1000).toFixed(0)} s`)
}
