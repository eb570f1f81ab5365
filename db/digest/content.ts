import { sql } from 'kysely'
import type { Db } from '../database.ts'
import { canonicalFilter, matchFilters, type PaperFilter } from '../search/filter.ts'
import { momentAt, trendsByPaperIds } from '../trending.ts'

/** What a digest tells of: listings after a position of the log up to another. */
export interface DigestRange {
  readonly after: number
  readonly through: number
}

export interface DigestPaper {
  readonly id: number
  readonly arxiv_id: string | null
  readonly title: string
  readonly abstract: string | null
  readonly author_names: readonly string[]
  readonly author_count: number
  readonly organization: string | null
  readonly upvotes: number
  readonly comment_count: number
  /** The newest edition that lists it in the range, `YYYY-MM-DD`. */
  readonly edition_date: string
  /** Whether the edition had papers before the range: the reader has seen it, without this one. */
  readonly late: boolean
  /** The number of the newest event before the range that lists it, too: readers of that time were told of it. */
  readonly listed_before: number | null
}

export interface DigestContent {
  /** Those that the filter lets through now, the most trending first. */
  readonly papers: readonly DigestPaper[]
  /** Whether events of the range were deleted before they could be told of. */
  readonly hasGap: boolean
}

/** The papers that a range lists, once each. */
export async function digestContent(
  db: Db,
  { after, through }: DigestRange,
  filter: PaperFilter,
  asOf: Date,
): Promise<DigestContent> {
  const { pruned } = await db.selectFrom('feed').select('pruned').executeTakeFirstOrThrow()
  const { rows } = await sql<DigestPaper>`
    with listed as (
      select e.paper_id, max(e.edition_date) as edition_date from feed_event e
      where e.number > ${after} and e.number <= ${through} and e.kind = 'listed'
      group by e.paper_id)
    select p.id, p.arxiv_id, p.title, p.abstract, p.author_names[1:4] as author_names, p.author_count,
      coalesce(o.full_name, p.organization_name) as organization, p.upvotes, p.comment_count, listed.edition_date,
      exists (select from listing l join feed_event e on e.paper_id = l.paper_id and e.kind = 'listed'
        and e.edition_date = l.edition_date
        where l.edition_date = listed.edition_date and e.number <= ${after}) as late,
      (select max(e.number) from feed_event e
       where e.paper_id = p.id and e.kind = 'listed' and e.number <= ${after}) as listed_before
    from listed join paper p on p.id = listed.paper_id left join organization o on o.name = p.organization_name
    where p.withdrawn_at is null`.execute(db)
  const ids = rows.map(({ id }) => id)
  const canonical = canonicalFilter(filter)
  const isWanted =
    Object.keys(canonical).length === 0
      ? () => true
      : (
          (wanted) => (id: number) =>
            wanted.has(id)
        )(new Set((await matchFilters(db, ids, [canonical])).map(({ paperId }) => paperId)))
  const wanted = rows.filter(({ id }) => isWanted(id))
  const trends = await trendsByPaperIds(
    db,
    wanted.map(({ id }) => id),
    momentAt(asOf),
  )
  const score = ({ id }: DigestPaper) => trends.get(id)?.score ?? 0
  return {
    papers: wanted.sort((a, b) => score(b) - score(a) || b.upvotes - a.upvotes || a.id - b.id),
    hasGap: pruned > after,
  }
}

/** The events that a digest of one day would tell of, had its reader been told of the day before: its listings. */
export async function rangeOfDay(db: Db, day: string): Promise<DigestRange> {
  const { rows } = await sql<DigestRange>`
    select coalesce(min(number) - 1, 0) as after, coalesce(max(number), 0) as through
    from feed_event where kind = 'listed' and edition_date = ${day}`.execute(db)
  return rows[0] ?? { after: 0, through: 0 }
}
