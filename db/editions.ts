import { type Selectable, sql } from 'kysely'
import type { Db } from './database.ts'
import { anyOf, keyTable } from './keys.ts'
import { editionsByArrival, editionsByDate } from './lists/orders.ts'
import type { List } from './lists/page.ts'
import { prepared } from './prepared.ts'
import type { Tables } from './tables.ts'

export interface EditionRow {
  date: string
}

/** Those that exist, in any order. */
export function editionsByDates(db: Db, dates: readonly string[]): Promise<EditionRow[]> {
  return db
    .selectFrom('edition')
    .modifyFront(prepared)
    .select('date')
    .where('date', '=', anyOf(dates))
    .execute()
}

/** The newest edition that lists something. */
export async function latestEdition(db: Db): Promise<EditionRow | undefined> {
  const { date } = await db
    .selectFrom('listing')
    .modifyFront(prepared)
    .select((eb) => eb.fn.max<string | null>('edition_date').as('date'))
    .executeTakeFirstOrThrow()
  return date === null ? undefined : { date }
}

/** The nearest editions before and after days, of those that list something. */
export async function neighboursOf(
  db: Db,
  dates: readonly string[],
): Promise<Map<string, { previous: string | null; next: string | null }>> {
  const rows = await db
    .selectFrom(keyTable(dates, 'date'))
    .modifyFront(prepared)
    .select((eb) => [
      'k.key as date',
      eb
        .selectFrom('listing')
        .select(({ fn }) => fn.max<string | null>('edition_date').as('date'))
        .whereRef('edition_date', '<', 'k.key')
        .as('previous'),
      eb
        .selectFrom('listing')
        .select(({ fn }) => fn.min<string | null>('edition_date').as('date'))
        .whereRef('edition_date', '>', 'k.key')
        .as('next'),
    ])
    .execute()
  return new Map(rows.map(({ date, ...near }) => [date, near]))
}

export type EditionOrder = 'DATE' | 'ARRIVAL'

/** Editions from a day to a day, both included; by arrival, those that list nothing are left out. */
export function listOfEditions(from?: string | null, to?: string | null, order: EditionOrder = 'DATE'): List {
  const where = [...(from ? [sql`e.date >= ${from}::date`] : []), ...(to ? [sql`e.date <= ${to}::date`] : [])]
  if (order === 'ARRIVAL')
    return {
      select: sql`e.date`,
      from: sql`(
        select edition.date, (select max(recorded_at) from listing where edition_date = edition.date) as arrived_at
        from edition) e`,
      where: [sql`e.arrived_at is not null`, ...where],
      order: editionsByArrival,
    }
  return {
    select: sql`e.date`,
    from: sql`edition e`,
    where,
    order: editionsByDate,
  }
}

/**
 * When a source last read the whole of an edition. A captured page cannot show that it is whole; one with fewer papers
 * than were known of the edition by then is a part of it.
 */
export type EditionReading = Pick<
  Selectable<Tables['edition_reading']>,
  'edition_date' | 'source' | 'read_at'
>

export function readingsOf(db: Db, dates: readonly string[]): Promise<EditionReading[]> {
  return db
    .selectFrom('edition_reading')
    .modifyFront(prepared)
    .select(['edition_date', 'source', 'read_at'])
    .where('edition_date', '=', anyOf(dates))
    .where(
      sql<boolean>`(source <> 'page' or cardinality(paper_ids) >= (
        select count(*) from listing l
        where l.edition_date = edition_reading.edition_date and l.first_observed_at <= edition_reading.read_at))`,
    )
    .orderBy('edition_date')
    .orderBy('read_at', 'desc')
    .orderBy('source')
    .execute()
}

/** How far the list of an edition is known to be whole. */
export interface EditionProgress {
  date: string
  /** Papers that are stored of it. */
  seen: number
  /** Papers that a source listed when it last gave the whole list; null if none did. */
  expected: number | null
  /** When a source last gave the whole list; null if none did. */
  listed_at: Date | null
  /** Whether that was so long after its day that nothing more is to come. */
  closed: boolean
}

/** An edition is closed by a whole reading so many hours after the end of its day. */
export const closedAfterHours = 24

/** Of those that exist, in any order. */
export async function progressOf(db: Db, dates: readonly string[]): Promise<EditionProgress[]> {
  const { rows } = await sql<EditionProgress>`
    /* prepared */ select k.key as date, (select count(*)::integer from listing l where l.edition_date = k.key) as seen,
      c.expected, whole.listed_at,
      coalesce(whole.listed_at >= (k.key + 1)::timestamp at time zone 'UTC'
        + ${sql.lit(closedAfterHours)} * interval '1 hour', false) as closed
    from unnest(${dates}::date[]) as k (key)
    left join lateral (
      select expected, counted_at from edition_count where edition_date = k.key order by counted_at desc limit 1
    ) c on true
    cross join lateral (
      select greatest(c.counted_at, max(r.read_at)) as listed_at
      from edition_reading r where r.edition_date = k.key and r.source <> 'page'
    ) whole`.execute(db)
  return rows
}

/** The number of submitters that an edition or a period shows at most. */
export const maxSubmitters = 20

export interface Submissions {
  submitter_name: string
  papers: number
}

/** Who submitted most from a day to a day, for each of these spans, which `span` counts from 0. */
export async function submittersOf(
  db: Db,
  spans: readonly { from: string; to: string }[],
): Promise<(Submissions & { span: number })[]> {
  const { rows } = await sql<Submissions & { span: number }>`
    select k.number::integer - 1 as span, s.*
    from unnest(${spans.map(({ from }) => from)}::date[], ${spans.map(({ to }) => to)}::date[])
      with ordinality as k (from_day, to_day, number)
    cross join lateral (
      select l.submitter_name, count(*)::integer as papers from listing l
      where l.edition_date between k.from_day and k.to_day and l.submitter_name is not null
      group by l.submitter_name order by papers desc, l.submitter_name limit ${maxSubmitters}
    ) s order by k.number, s.papers desc, s.submitter_name`.execute(db)
  return rows
}
