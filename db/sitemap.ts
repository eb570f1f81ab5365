import { type RawBuilder, sql } from 'kysely'
import type { Db } from './database.ts'

/** Addresses that one sitemap may have (sitemaps.org). */
const mostAddresses = 50_000

/** A month with papers, `YYYY-MM`, and when something of it last changed. */
export interface SitemapMonth {
  month: string
  changed_at: Date
}

/** A page and when what it says last changed. */
export interface SitemapPaper {
  id: number
  arxiv_id: string | null
  changed_at: Date
}

const changedAt: RawBuilder<Date> = sql`coalesce(text_changed_at, ingested_at)`

/** The months in which papers were published or editions list some, the newest first. */
export async function sitemapMonths(db: Db): Promise<SitemapMonth[]> {
  const { rows } = await sql<SitemapMonth>`
    select to_char(month, 'YYYY-MM') as month, max(changed_at) as changed_at from (
      select date_trunc('month', published_on::timestamp) as month, max(${changedAt}) as changed_at
      from paper group by 1
      union all
      select date_trunc('month', edition_date::timestamp), max(recorded_at) from listing group by 1) parts
    group by 1 order by 1 desc limit ${sql.lit(mostAddresses)}`.execute(db)
  return rows
}

/** The papers that were published from a day to a day, the newest first, as many as a sitemap may have. */
export async function sitemapPapers(db: Db, from: string, to: string): Promise<SitemapPaper[]> {
  const { rows } = await sql<SitemapPaper>`
    select id, arxiv_id, ${changedAt} as changed_at from paper
    where published_at >= ${from}::date::timestamp at time zone 'UTC'
      and published_at < (${to}::date + 1)::timestamp at time zone 'UTC'
    order by published_at desc, id desc limit ${sql.lit(mostAddresses - 31)}`.execute(db)
  return rows
}

/** The editions from a day to a day, the newest first, and when a paper last came onto each. */
export async function sitemapEditions(
  db: Db,
  from: string,
  to: string,
): Promise<{ date: string; changed_at: Date }[]> {
  const { rows } = await sql<{ date: string; changed_at: Date }>`
    select edition_date as date, max(recorded_at) as changed_at from listing
    where edition_date between ${from}::date and ${to}::date
    group by edition_date order by edition_date desc`.execute(db)
  return rows
}
