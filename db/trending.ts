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

/** What a ranking is of, and from when on nothing is used. They differ where nobody looked at the time. */
export interface TrendMoment {
  readonly asOf: Date
  /** Observations up to then are used; those after `asOf` count as if they had been made at it. */
  readonly knownAt: Date
}

/** The ranking of an instant, as it could be made then. */
export function momentAt(asOf: Date): TrendMoment {
  return { asOf, knownAt: asOf }
}

const dayMs = 86_400_000

/** Papers, newest first, among which `currentMoment` looks for one that somebody has looked at. */
const newestAtMost = 10_000

/**
 * The ranking of now, or, if no paper is of the days that it looks at, that of the end of the newest day that has one, from
 * all that is known by now: a library that is not kept up to date.
 */
export async function currentMoment(db: Db, now: Date): Promise<TrendMoment> {
  const { rows } = await sql<{ newest: string | null }>`
    select greatest(
      (select max(edition_date) from listing where edition_date <= ${now}::date),
      (select p.published_at::date from (
          select id, published_at from paper where published_at <= ${now}
          order by published_at desc limit ${sql.lit(newestAtMost)}
        ) p
        where exists (select from paper_history h where h.paper_id = p.id)
        order by p.published_at desc limit 1)
    ) as newest`.execute(db)
  const newest = rows[0]?.newest
  const end = newest == null ? Number.POSITIVE_INFINITY : Date.parse(newest) + dayMs
  return end > now.getTime() - trendingDays * dayMs ? momentAt(now) : { asOf: new Date(end), knownAt: now }
}

/** The moment of a later page of the list of `currentMoment`: only the end of a day is a day's end to the millisecond. */
export function momentOfPage(asOf: Date, now: Date): TrendMoment {
  return asOf.getTime() % dayMs === 0 ? { asOf, knownAt: now } : momentAt(asOf)
}

const instants = ({ asOf, knownAt }: TrendMoment) =>
  sql`select ${asOf}::timestamptz as as_of, ${knownAt}::timestamptz as known_at`

/** The day `t.as_of`: editions of later days were announced at most. */
const today = sql`(t.as_of at time zone 'UTC')::date`

/**
 * Since when paper `p` is before readers, as known at `t.known_at`: the first edition that lists it, or its publication.
 * That of a listed paper does not matter, as a revision may move it.
 */
const origin: RawBuilder<unknown> = sql`
  select coalesce(min(l.edition_date)::timestamp at time zone 'UTC', p.published_at) as since,
    max(l.edition_date) as last_listed_on
  from listing l where l.paper_id = p.id and l.edition_date <= ${today} and l.first_observed_at <= t.known_at`

/** Votes that are older weigh nothing more; Postgres refuses a power that a float8 cannot hold. */
const mostHalvings = 1_000

/**
 * The score of paper `p` at `t.as_of`, from the history of its votes: each gain between two observations counts from
 * the moment it was seen. Those of the first observation were cast before: they count from `origin.since`. This is
 * exponential decay, as forward decay has it (Cormode, Shkapenyuk, Srivastava, Xu: Forward Decay, ICDE 2009). It
 * depends on nothing that was observed later, so that a past instant keeps its answer.
 */
const trend: RawBuilder<unknown> = sql`
  select coalesce(sum(gain * power(2, greatest(${sql.lit(-mostHalvings)},
      extract(epoch from dated - t.as_of)::float8 / ${sql.lit(halfLifeHours * 3600)}))), 0) as score,
    coalesce(sum(gain), 0)::integer as upvotes,
    coalesce(sum(gain) filter (where dated > t.as_of - interval '24 hours'), 0)::integer as gained
  from (
    select h.upvotes - coalesce(lag(h.upvotes) over earlier, 0) as gain,
      least(t.as_of, case when lag(h.upvotes) over earlier is not null then h.observed_at
        else least(h.observed_at, origin.since) end) as dated
    from paper_history h
    where h.paper_id = p.id and h.observed_at <= t.known_at and h.upvotes is not null
    window earlier as (order by h.observed_at)
  ) gains`

/**
 * Papers that were published or listed in the days before an instant, and looked at by `knownAt`, by their score then; all
 * of `where` hold, of papers as they are now.
 */
export function listOfTrending(
  moment: TrendMoment,
  where: readonly RawBuilder<unknown>[],
  wanted?: ReadonlySet<PaperColumn>,
): List {
  const since = sql`t.as_of - ${sql.lit(trendingDays)} * interval '1 day'`
  const stillRecent = sql`coalesce(origin.last_listed_on > (${since})::date, true)`
  const lookedAt = sql`exists (select from paper_history h where h.paper_id = p.id and h.observed_at <= t.known_at)`
  return {
    select: selectPaper(wanted),
    from: sql`(
      select t.as_of, p.id, trend.score from (${instants(moment)}) t
      cross join lateral (
        select p.id from paper p where p.published_at > ${since} and p.published_at <= t.as_of
        union
        select l.paper_id from listing l
        where l.edition_date > (${since})::date and l.edition_date <= ${today} and l.first_observed_at <= t.known_at
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
  moment: TrendMoment,
): Promise<Map<number, Trend>> {
  const { rows } = await sql<Trend & { id: number }>`
    select p.id, t.as_of, origin.since, trend.* from (${instants(moment)}) t cross join paper p
    cross join lateral (${origin}) origin cross join lateral (${trend}) trend where p.id = any(${ids}::bigint[])`.execute(
    db,
  )
  return new Map(rows.map(({ id, ...row }) => [id, row]))
}
