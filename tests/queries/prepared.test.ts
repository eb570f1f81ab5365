import { sql } from 'kysely'
import pg from 'pg'
import { expect, test } from 'vitest'
import { type DatabaseHandle, openDatabase } from '../../db/database.ts'
import { accountsByNames } from '../../db/people.ts'
import { createNames, prepared } from '../../db/prepared.ts'
import { useTestDatabase } from '../support/database.ts'

const store = useTestDatabase()

/** On one connection, so that statements and names meet. */
function open(over: { prepare?: boolean } = {}): DatabaseHandle {
  return openDatabase({ connectionString: store.url, max: 1, ...over })
}

const namesOn = async ({ pool }: DatabaseHandle) =>
  (
    await pool.query<{ name: string; statement: string }>(
      'select name, statement from pg_prepared_statements',
    )
  ).rows

test('a marked statement that comes again is prepared, once', async () => {
  await using handle = open()
  for (let time = 0; time < 5; time++) {
    const { rows } = await sql<{ sum: number }>`${prepared} select ${time}::integer + 1 as sum`.execute(
      handle.db,
    )
    expect(rows).toEqual([{ sum: time + 1 }])
    await sql`select ${time}::integer - 1`.execute(handle.db)
  }
  expect(await namesOn(handle)).toEqual([
    { name: expect.stringMatching(/^dp_/), statement: '/* prepared */ select $1::integer + 1 as sum' },
  ])
})

test('a prepared statement has the same values each time, also after an error and of values that pg converts', async () => {
  await using handle = open()
  const read = async (given: number | string | null | Date) => {
    const { rows } =
      await sql`${prepared} select ${given}::text as given, 1::bigint as amount, null as nothing,
      array['a', null] as list, '2026-01-05'::date as day, '2026-01-05T16:49:08Z'::timestamptz as instant
      where 1 / (case when ${given}::text = 'zero' then 0 else 1 end) = 1`.execute(handle.db)
    return rows[0]
  }
  const others = {
    ...{ amount: 1, nothing: null, list: ['a', null], day: '2026-01-05' },
    instant: new Date('2026-01-05T16:49:08Z'),
  }
  const day = new Date('2026-01-05T00:00:00Z')
  for (const given of ['one', 'two', 'three', 'four', null, 5, 'six'])
    expect(await read(given)).toEqual({ given: given === null ? null : String(given), ...others })
  await expect(read('zero')).rejects.toThrow('division by zero')
  expect(await read(day)).toEqual({ given: expect.stringContaining('2026-01-05'), ...others })
  expect(await read('seven')).toEqual({ given: 'seven', ...others })
  expect(await namesOn(handle)).toHaveLength(1)
})

test('by setting, nothing is prepared', async () => {
  await using handle = open({ prepare: false })
  for (let time = 0; time < 5; time++) await accountsByNames(handle.db, ['ada'])
  expect(await namesOn(handle)).toEqual([])
})

test('names are few, the same in each process, and only for what comes again', () => {
  const nameOf = createNames()
  const text = (index: number) => `/* prepared */ select ${index}`
  for (let index = 0; index < 5_000; index++) expect(nameOf(text(index))).toBeUndefined()
  const named = new Set<string>()
  for (let index = 0; index < 500; index++)
    for (let time = 0; time < 5; time++) {
      const name = nameOf(text(index))
      if (name !== undefined) named.add(name)
    }
  expect(named.size).toBe(100)
  expect(nameOf(text(0))).toMatch(/^dp_/)
  const another = createNames()
  for (let time = 0; time < 3; time++) another(text(0))
  expect(another(text(0))).toBe(nameOf(text(0)))
})

test('a migration meanwhile, or a pooler that forgets, costs no answer', async () => {
  await using handle = open()
  await sql`create table shelf (id integer, name text)`.execute(handle.db)
  await sql`insert into shelf values (1, 'first')`.execute(handle.db)
  const read = async () =>
    (await sql`${prepared} select s.* from shelf s where s.id = ${1}`.execute(handle.db)).rows
  for (let time = 0; time < 4; time++) expect(await read()).toEqual([{ id: 1, name: 'first' }])
  expect(await namesOn(handle)).toHaveLength(1)
  await sql`alter table shelf add column pages integer`.execute(handle.db)
  expect(await read()).toEqual([{ id: 1, name: 'first', pages: null }])

  await using other = open()
  for (let time = 0; time < 4; time++) await accountsByNames(other.db, ['ada'])
  expect(await namesOn(other)).toHaveLength(1)
  await other.pool.query('deallocate all')
  expect(await accountsByNames(other.db, ['ada'])).toEqual([])
})

test('a statement that is wrong says so', async () => {
  await using handle = open()
  const wrong = () => sql`${prepared} select 1 / ${0}::integer`.execute(handle.db)
  for (let time = 0; time < 4; time++) await expect(wrong()).rejects.toThrow('division by zero')
  await expect(wrong()).rejects.toBeInstanceOf(pg.DatabaseError)
})
