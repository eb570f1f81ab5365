import { sql } from 'kysely'
import type { Db } from './database.ts'
import { editionsByDate } from './lists/orders.ts'
import type { List } from './lists/page.ts'
import { prepared } from './prepared.ts'

export interface EditionRow {
  date: string
}

/** Those that exist, in any order. */
export async function editionsByDates(db: Db, dates: readonly string[]): Promise<EditionRow[]> {
  const { rows } = await sql<EditionRow>`
    ${prepared}select e.date from edition e where e.date = any(${dates}::date[])`.execute(db)
  return rows
}

/** The newest edition that lists something. */
export async function latestEdition(db: Db): Promise<EditionRow | undefined> {
  const { rows } =
    await sql<EditionRow>`${prepared}select max(l.edition_date) as date from listing l`.execute(db)
  return rows[0]?.date ? rows[0] : undefined
}

/** The nearest editions before and after days, of those that list something. */
export async function neighboursOf(
  db: Db,
  dates: readonly string[],
): Promise<Map<string, { previous: string | null; next: string | null }>> {
  const { rows } = await sql<{ date: string; previous: string | null; next: string | null }>`
    ${prepared}select k.key as date, (select max(l.edition_date) from listing l where l.edition_date < k.key) as previous,
      (select min(l.edition_date) from listing l where l.edition_date > k.key) as next
    from unnest(${dates}::date[]) as k (key)`.execute(db)
  return new Map(rows.map(({ date, ...near }) => [date, near]))
}

/** Editions from a day to a day, both included. */
export function listOfEditions(from?: string | null, to?: string | null): List {
  return {
    select: sql`e.date`,
    from: sql`edition e`,
    where: [...(from ? [sql`e.date >= ${from}::date`] : []), ...(to ? [sql`e.date <= ${to}::date`] : [])],
    order: editionsByDate,
  }
}

/** When a source last read the whole of an edition. */
export interface EditionReading {
  edition_date: string
  source: string
  read_at: Date
}

export async function readingsOf(db: Db, dates: readonly string[]): Promise<EditionReading[]> {
  const { rows } = await sql<EditionReading>`
    ${prepared}select r.edition_date, r.source, r.read_at from edition_reading r where r.edition_date = any(${dates}::date[])
    order by r.edition_date, r.read_at desc, r.source`.execute(db)
  return rows
}

/** Submitters that are shown of an edition or a period at most. */
export const submittersShown = 20

export interface Submissions {
  submitter_name: string
  papers: number
}

/** Who submitted most from a day to a day, for each of these spans. */
export async function submittersOf(
  db: Db,
  spans: readonly { from: string; to: string }[],
): Promise<(Submissions & { place: number })[]> {
  const { rows } = await sql<Submissions & { place: number }>`
    select k.place::integer - 1 as place, s.* from unnest(${spans.map(({ from }) => from)}::date[],
      ${spans.map(({ to }) => to)}::date[]) with ordinality as k (from_day, to_day, place)
    cross join lateral (
      select l.submitter_name, count(*)::integer as papers from listing l
      where l.edition_date between k.from_day and k.to_day and l.submitter_name is not null
      group by l.submitter_name order by papers desc, l.submitter_name limit ${submittersShown}
    ) s order by k.place, s.papers desc, s.submitter_name`.execute(db)
  return rows
}
