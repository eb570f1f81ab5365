import { randomBytes } from 'node:crypto'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { migrateToLatest } from '../../db/connection/migrate.ts'
import { openDatabase } from '../../db/database.ts'
import { startEmbedded } from '../../db/embedded/index.ts'
import { rebuildTerms } from '../../db/writer/rebuild-terms.ts'
import { execute } from './execute.ts'
import { keptDatabases } from './kept-cluster.ts'
import { databaseUrl, maintenanceUrl } from './urls.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** A Postgres of this run: its superuser, its maintenance database. */
    clusterUrl: string
    /** The migrated database that every test database is a copy of. */
    templateName: string
    /** For files that are needed until the end of the run, and removed then. */
    scratchFolder: string
  }
}

/** One Postgres per run, with one migrated database to copy. TEST_DATABASE_URL names another server to use. */
export default async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  await using stack = new AsyncDisposableStack()
  const scratchFolder = await mkdtemp(join(tmpdir(), 'daily-papers-scratch-'))
  stack.defer(() => rm(scratchFolder, { recursive: true, force: true }))
  provide('scratchFolder', scratchFolder)
  const external = process.env.TEST_DATABASE_URL
  const clusterUrl = external ? maintenanceUrl(external) : await startCluster(stack)
  // Runs that share a server must not share their templates: their migrations may differ.
  const templateName = external
    ? `daily_papers_template_${randomBytes(4).toString('hex')}`
    : 'daily_papers_template'
  await execute(clusterUrl, `create database ${templateName}`)
  if (external) {
    stack.defer(async () => {
      await execute(clusterUrl, `drop database if exists ${templateName} with (force)`)
    })
  }
  await migrate(databaseUrl(clusterUrl, templateName))
  provide('clusterUrl', clusterUrl)
  provide('templateName', templateName)
  const opened = stack.move()
  return () => opened.disposeAsync()
}

async function startCluster(stack: AsyncDisposableStack): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'daily-papers-test-'))
  let keep = false
  stack.defer(async () => {
    if (!keep) await rm(folder, { recursive: true, force: true })
  })
  await chmod(folder, 0o755) // as root, the user that Postgres then runs as has to get in
  const cluster = stack.use(
    await startEmbedded({
      superuser: true,
      dataDir: join(folder, 'pg'),
      database: 'postgres',
      path: process.env.PATH,
      sync: false,
      settings: { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: 200 },
    }),
  )
  stack.defer(async () => {
    const kept = await keptDatabases(cluster.url)
    keep = kept.length > 0
    if (keep) {
      console.error(`The databases of failed test files are kept in ${folder}:
${kept.map(({ name, file }) => `  ${name}  ${file}`).join('\n')}
To look at them: npm run test:open -- ${folder}
To remove them: rm -r ${folder}`)
    }
  })
  return cluster.url
}

async function migrate(url: string): Promise<void> {
  await using database = openDatabase({ connectionString: url, max: 1 })
  await migrateToLatest(database.db)
  await rebuildTerms(database.db)
}
