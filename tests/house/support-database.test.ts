import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { createTestDatabase } from '../support/database.ts'

test('a test database is a migrated copy of its own, and is gone after drop', async () => {
  await using one = await createTestDatabase()
  await using other = await createTestDatabase()
  expect(one.url).not.toBe(other.url)
  await sql`create table only_here ()`.execute(one.database.db)
  const tables = (database: typeof one) =>
    database.database.db.introspection.getTables().then((found) => found.map(({ name }) => name))
  expect(await tables(one)).toContain('paper')
  expect(await tables(other)).toEqual((await tables(one)).filter((name) => name !== 'only_here'))
  await one.drop()
  await expect(sql`select 1`.execute(one.database.db)).rejects.toThrow()
})
