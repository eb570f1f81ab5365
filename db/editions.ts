import { sql } from 'kysely'
import type { Db } from './database.ts'
import { editionsByDate } from './orders.ts'
import type { List } from './page.ts'

export interface Edition {
  date: string
}

/** Those that exist, in any order. */
export async function editionsByDates(db: Db, dates: readonly string[]): Promise<Edition[]> {
  const { rows } = await sql<Edition>`
    select e.date from edition e where e.date = any(${dates}::date[])`.execute(db)
  return rows
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
