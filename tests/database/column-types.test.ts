import fc from 'fast-check'
import pg from 'pg'
import { expect, test } from 'vitest'
import { columnTypes } from '../../db/column-types.ts'
import { openDatabase } from '../../db/database.ts'
import { createTestDatabase } from '../support/database.ts'

test('instants and lists of texts are read as pg reads them', async () => {
  await using database = await createTestDatabase()
  await using handle = openDatabase({ connectionString: database.url, max: 1 })
  const ours = columnTypes()
  const instant = pg.types.builtins.TIMESTAMPTZ
  const list = 1009 as typeof instant
  const asOurs = (type: typeof instant, text: string): unknown =>
    (ours.getTypeParser(type, 'text') as unknown as (text: string) => unknown)(text)
  const asPg = (type: typeof instant, text: string): unknown =>
    (pg.types.getTypeParser(type) as (text: string) => unknown)(text)
  const texts = fc.array(
    fc.oneof(
      fc.constantFrom('', 'null', 'NULL', 'a,b', '"', '\\', '{}', ' ', 'é', 'x{', 'Ünï "q" \\n'),
      fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\0') && text.isWellFormed()),
    ),
    { maxLength: 5 },
  )
  const instants = fc.date({
    min: new Date('0001-01-02T00:00:00Z'),
    max: new Date('9999-12-31T00:00:00Z'),
    noInvalidDate: true,
  })
  await fc.assert(
    fc.asyncProperty(texts, instants, fc.nat({ max: 999 }), async (items, time, microseconds) => {
      const { rows } = await handle.pool.query({
        text: `select $1::text[]::text as list, ($2::timestamptz + $3 * interval '1 microsecond')::text as instant`,
        values: [items, time.toISOString(), microseconds],
      })
      const [row] = rows as [{ list: string; instant: string }]
      expect(asOurs(list, row.list)).toEqual(items)
      expect(asOurs(list, row.list)).toEqual(asPg(list, row.list))
      expect(asOurs(instant, row.instant)).toEqual(asPg(instant, row.instant))
    }),
    { numRuns: 200 },
  )
  for (const text of ['infinity', '-infinity', '0044-03-15 00:00:00+00 BC', '2026-01-05 16:49:08+01'])
    expect(asOurs(instant, text)).toEqual(asPg(instant, text))
  for (const text of ['{NULL,a}', '[2:3]={a,b}', '{{a,b},{c,d}}'])
    expect(asOurs(list, text)).toEqual(asPg(list, text))
})
