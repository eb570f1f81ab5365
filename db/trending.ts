import { type RawBuilder, sql } from 'kysely'
import type { Db } from './database.ts'
import { computedOrders } from './lists/orders.ts'
import type { List } from './lists/page.ts'
import { type PaperColumn, selectPaper } from './papers.ts'

/** Hours after which a vote counts half. */
export const halfLifeHours = 24
/** Days within which a paper was published or listed to be among the trending; a vote of the first day then counts 1/16384. */
export const trendingDays = 14

/** How a paper did at one instant. */
export interface Trend {
  as_of: Date
  /** When it was first listed, or published where it was not listed by then. */
  since: Date
  /** The votes so far, each halved for every `halfLifeHours` of its age. */
  score: number
  /** Upvotes at that instant. */
  upvotes: number
  /** Those of the last 24 hours before it. */
  gained: number
}

/** The day `t.as_of`: editions of later days were announced at most. */
const today = sql`(t.as_of at time zone 'UTC')::date`

/**
 * Since when paper `p` is before readers, as known at `t.as_of`: the first edition that lists it, or its publication.
 * That of a listed paper does not matter, as a revision may move it.
 */
const origin: RawBuilder<unknown> = sql`
  select coalesce(min(l.edition_date)::timestamp at time zone 'UTC', p.published_at) as since,
    max(l.edition_date) as last_listed_on
  from listing l where l.paper_id = p.id and l.edition_date <= ${today} and l.first_observed_at <= t.as_of`

/**
 * The score of paper `p` at `t.as_of`, from the history of its votes: each gain between two observations counts from
 * the moment it was seen. Those of the first observation were cast before: they count from `origin.since`. This is
 * exponential decay, as forward decay has it (Cormode, Shkapenyuk, Srivastava, Xu: Forward Decay, ICDE 2009). It
 * depends on nothing that was observed later, so that a past instant keeps its answer.
 */
const trend: RawBuilder<unknown> = sql`
  select coalesce(sum(gain * power(2, extract(epoch from dated - t.as_of)::float8 / ${sql.lit(halfLifeHours * 3600)})), 0)
      as score,
    coalesce(sum(gain), 0)::integer as upvotes,
    coalesce(sum(gain) filter (where dated > t.as_of - interval '24 hours'), 0)::integer as gained
  from (
    select h.upvotes - coalesce(lag(h.upvotes) over earlier, 0) as gain,
      case when lag(h.upvotes) over earlier is not null then h.observed_at
        else least(h.observed_at, origin.since) end as dated
    from paper_history h
    where h.paper_id = p.id and h.observed_at <= t.as_of and h.upvotes is not null
    window earlier as (order by h.observed_at)
  ) gains`

/**
 * Papers that were published or listed in the days before an instant, and looked at by then, by their score then; all
 * of `where` hold, of papers as they are now.
 */
export function listOfTrending(
  asOf: Date,
  where: readonly RawBuilder<unknown>[],
  wanted?: ReadonlySet<PaperColumn>,
): List {
  const since = sql`t.as_of - ${sql.lit(trendingDays)} * interval '1 day'`
  const stillRecent = sql`coalesce(origin.last_listed_on > (${since})::date, true)`
  const lookedAt = sql`exists (select from paper_history h where h.paper_id = p.id and h.observed_at <= t.as_of)`
  return {
    select: selectPaper(wanted),
    from: sql`(
      select t.as_of, p.id, trend.score from (select ${asOf}::timestamptz as as_of) t
      cross join lateral (
        select p.id from paper p where p.published_at > ${since} and p.published_at <= t.as_of
        union
        select l.paper_id from listing l
        where l.edition_date > (${since})::date and l.edition_date <= ${today} and l.first_observed_at <= t.as_of
      ) recent
      join paper p on p.id = recent.id
      cross join lateral (${origin}) origin
      cross join lateral (${trend}) trend
      where ${sql.join([...where, stillRecent, lookedAt], sql` and `)}
    ) t join paper p on p.id = t.id`,
    where: [],
    order: computedOrders.TRENDING,
  }
}

/** The same figures of any papers, however old, by id. */
export async function trendsByPaperIds(
  db: Db,
  ids: readonly number[],
  asOf: Date,
): Promise<Map<number, Trend>> {
  const { rows } = await sql<Trend & { id: number }>`
    select p.id, t.as_of, origin.since, trend.* from (select ${asOf}::timestamptz as as_of) t cross join paper p
    cross join lateral (${origin}) origin cross join lateral (${trend}) trend where p.id = any(${ids}::bigint[])`.execute(
    db,
  )
  return new Map(rows.map(({ id, ...row }) => [id, row]))
}
