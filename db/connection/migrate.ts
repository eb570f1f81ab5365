import { Migrator } from 'kysely/migration'
import type { Db } from '../database.ts'
import { migrations } from '../migrations/index.ts'

/**
 * Brings the database to the newest schema and returns the names of the migrations it ran. Kysely holds a lock
 * meanwhile, so that instances which start together run each migration once.
 */
export async function migrateToLatest(db: Db): Promise<string[]> {
  const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } })
  const { error, results } = await migrator.migrateToLatest()
  if (error) {
    const failed = results?.find((result) => result.status === 'Error')?.migrationName
    throw new Error(`Migration ${failed ?? ''} failed: ${error instanceof Error ? error.message : error}`, {
      cause: error,
    })
  }
  return (results ?? []).map((result) => result.migrationName)
}
