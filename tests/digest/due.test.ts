import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { nextDueAfter } from '../../db/digest/due.ts'
import { useTestDatabase } from '../support/database.ts'

const copy = useTestDatabase()

/** Due times from an instant on, as instants and as the reader's clock shows them. */
async function dueTimes(zone: string, hour: number, { count = 400, weekday = 0 } = {}) {
  const next = nextDueAfter(sql`chain.at`, {
    cadence: sql`${weekday === 0 ? 'daily' : 'weekly'}::text`,
    weekday: sql`${weekday}::integer`,
    hour: sql`${hour}::integer`,
    zone: sql`${zone}::text`,
  })
  const { rows } = await sql<{ at: Date; local: string }>`
    with recursive chain (at, step) as (
      select '2026-01-01T00:00:00Z'::timestamptz, 0
      union all select ${next}, step + 1 from chain where step < ${count})
    select at, to_char(at at time zone ${zone}, 'YYYY-MM-DD HH24:MI') as local from chain where step > 0
    order by at`.execute(copy.database.db)
  return rows
}

const daysBetween = (a = '', b = '') => (Date.parse(b.slice(0, 10)) - Date.parse(a.slice(0, 10))) / 86_400_000

test.each(['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu'])(
  'in %s a digest is due once each day, whatever the clocks do',
  async (zone) => {
    for (const hour of [0, 1, 2, 7, 23]) {
      const times = await dueTimes(zone, hour)
      for (const [index, { local }] of times.entries()) {
        const before = times[index - 1]
        if (before) expect(daysBetween(before.local, local), `${before.local} ${local}`).toBe(1)
        // An hour that the day does not have is the one after it.
        expect([hour, hour + 1]).toContain(Number(local.slice(11, 13)))
      }
    }
  },
)

test('seven in the morning stays seven over a change of the clocks; a missing hour is the one after it', async () => {
  const berlin = await dueTimes('Europe/Berlin', 7)
  expect(new Set(berlin.map(({ local }) => local.slice(11)))).toEqual(new Set(['07:00']))
  const atTwo = new Map((await dueTimes('Europe/Berlin', 2)).map(({ at, local }) => [local.slice(0, 10), at]))
  expect(atTwo.get('2026-03-29')?.toISOString()).toBe('2026-03-29T01:00:00.000Z')
  expect(atTwo.get('2026-10-25')?.toISOString()).toBe('2026-10-25T01:00:00.000Z')
})

test('a weekly digest is due on its day of the week', async () => {
  const times = await dueTimes('America/New_York', 18, { count: 60, weekday: 5 })
  expect(new Set(times.map(({ local }) => new Date(local.slice(0, 10)).getUTCDay()))).toEqual(new Set([5]))
  expect(daysBetween(times[0]?.local, times[59]?.local)).toBe(59 * 7)
})
