import { sql } from 'kysely'
import { type Migration, Migrator } from 'kysely/migration'
import type { Db } from '../database.ts'
import { messageOf } from '../error.ts'
import { migrations } from '../migrations/index.ts'

/** The database has a schema of which this program knows nothing. The message says which, and what to do. */
class UnknownSchemaError extends Error {
  override name = 'UnknownSchemaError'
}

/**
 * Brings the database to the newest schema and returns the names of the migrations it ran. Kysely holds a lock
 * meanwhile, so that servers which start together run each migration once.
 */
export async function migrateToLatest(db: Db): Promise<string[]> {
  return migrate(db, migrations)
}

/** The names of all migrations of this program, in order. */
export function knownMigrations(): string[] {
  return Object.keys(migrations)
}

/** Runs these migrations and no others, for tables as another version of this program has them. */
export async function migrateExactlyTo(db: Db, names: readonly string[]): Promise<void> {
  await migrate(db, Object.fromEntries(Object.entries(migrations).filter(([name]) => names.includes(name))))
}

async function migrate(db: Db, wanted: Readonly<Record<string, Migration>>): Promise<string[]> {
  const executed = await executedMigrations(db)
  refuseUnknown(executed)
  const migrator = new Migrator({ db, provider: { getMigrations: async () => wanted } })
  const { error, results } = await migrator.migrateToLatest()
  if (error) {
    // Before the first one Kysely makes its own tables, and an error of that names none.
    const failed = results?.find(({ status }) => status === 'Error')?.migrationName ?? pendingAfter(executed)
    throw new Error(`Migration ${failed} failed: ${messageOf(error)}`, { cause: error })
  }
  return (results ?? []).map((result) => result.migrationName)
}

/** The names of the migrations that `migrateToLatest` would run. Changes nothing. */
export async function pendingMigrations(db: Db): Promise<string[]> {
  const executed = await executedMigrations(db)
  refuseUnknown(executed)
  return Object.keys(migrations).filter((name) => !executed.includes(name))
}

/** The names of the migrations that this database has, in their order; empty where it has none. */
async function executedMigrations(db: Db): Promise<string[]> {
  const { rows } = await sql<{ exists: boolean }>`
    select to_regclass('kysely_migration') is not null as exists`.execute(db)
  if (!rows[0]?.exists) return []
  const executed = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(db)
  return executed.rows.map(({ name }) => name)
}

function refuseUnknown(executed: readonly string[]): void {
  const unknown = executed.filter((name) => !Object.hasOwn(migrations, name))
  const [first] = unknown
  if (first === undefined) return
  const ours = executed.length > unknown.length
  throw new UnknownSchemaError(
    ours
      ? `it was migrated by a newer daily-papers (migration ${unknown.at(-1)}). Use that version or a newer one`
      : `another program keeps its migrations in it (${first}). Create a database for daily-papers alone, and name it in DATABASE_URL`,
  )
}

function pendingAfter(executed: readonly string[]): string {
  const names = Object.keys(migrations)
  return names.find((name) => !executed.includes(name)) ?? names.at(-1) ?? 'unknown'
}
