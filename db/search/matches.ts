import { type RawBuilder, sql } from 'kysely'
import type { Db } from '../database.ts'
import { countList } from '../lists/page.ts'
import { facetConditions, hasFacet } from './facets.ts'
import { type CanonicalFilter, filterConditions } from './filter.ts'
import { type Effort, soughtOf, typedText } from './query-text.ts'

type Sql = RawBuilder<unknown>
type Criterion = keyof CanonicalFilter

/**
 * Where a criterion is looked at: in a column of the index `paper_search`, in its facets and periods (db/search/facets.ts),
 * in the rows that it finds, or in none of them, for criteria with indexes of their own that lead to few papers.
 */
const places: Readonly<Record<Criterion, readonly ('column' | 'facet' | 'row' | 'own index')[]>> = {
  arxivId: ['own index'],
  text: ['column'],
  authors: ['column'],
  keywords: ['column'],
  submitters: ['column'],
  categories: ['column'],
  organizations: ['facet'],
  hasCode: ['facet'],
  hasProjectPage: ['facet'],
  hasMedia: ['facet'],
  minUpvotes: ['facet', 'row'],
  editionFrom: ['facet', 'row'],
  editionTo: ['facet', 'row'],
  publishedFrom: ['row'],
  publishedTo: ['row'],
  withdrawn: ['row'],
}

/** What says so little of a paper that its papers are not sought period by period where nothing else is asked for. */
const days: readonly Criterion[] = ['publishedFrom', 'publishedTo', 'editionFrom', 'editionTo', 'withdrawn']

/** Editions of so many days have few papers, which their own index finds. */
const fewDays = 31

/** Whether the matches of a filter are sought period by period. */
function isWalked(filter: CanonicalFilter): boolean {
  const { editionFrom, editionTo } = filter
  const span = Date.parse(String(editionTo)) - Date.parse(String(editionFrom))
  return (
    filter.arxivId === undefined &&
    filter.withdrawn !== true &&
    !(span < fewDays * 86_400_000) &&
    Object.keys(filter).some((name) => !days.includes(name as Criterion))
  )
}

/** The conditions of the criteria that are looked at in a column or in rows. */
function conditionsIn(place: 'column' | 'row', filter: CanonicalFilter): Sql[] {
  const within = Object.entries(filter).filter(([name]) => places[name as Criterion].includes(place))
  return filterConditions(Object.fromEntries(within))
}

/** Papers that are read at most to see whether they match a text of which the index cannot tell it. */
export const checkedAtMost = 3000
/** Words of a text that the index is asked for at most: all of them, where there are no more. */
export const soughtWords = 4

/**
 * The ids of the newest papers of a filter, `most` at most, as SQL. A word may be in half of all papers, and an index
 * of words knows no dates: so time is searched period by period, the months of the last two years and then year by
 * year, until there are enough. That looks at no more than `most` matches and those of one period, whatever is asked
 * for; a word that is nowhere costs one look into the index for each period. Of a text with a phrase (a word with a
 * hyphen is one), of more than `soughtWords` words or with more than two that it refuses, the newest `checkedAtMost`
 * papers are read that hold its words, the rarest of them, and of one that only refuses words the newest of all.
 */
export function newestMatches(filter: CanonicalFilter, most: number): Sql {
  if (!isWalked(filter))
    return sql`select p.id from paper p where ${sql.join(filterConditions(filter), sql` and `)}
      order by p.published_at desc, p.id desc limit ${sql.lit(most)}`
  if (typeof filter.text !== 'string') return newestOf(filter, sql`true`, most)
  const { tables } = found(filter, filter.text, { most, words: soughtWords, checked: checkedAtMost })
  return sql`with recursive ${tables}
    select newest.id from found cross join unnest(found.ids) with ordinality as newest (id, place)
    order by found.seen, newest.place limit ${sql.lit(most)}`
}

const plainWords = /^[\p{L}\p{N}\s]+$/u

/** The table `found` of a filter with a text, with what it is made of, and how many candidates are `enough` for it. */
function found(filter: CanonicalFilter, text: string, effort: Effort): { tables: Sql; enough: Sql } {
  const typed = typedText(text)
  if (plainWords.test(text) && text.trim().split(/\s+/u).length <= effort.words) {
    const enough = sql.lit(effort.most)
    const candidates = papersOf(sql`p.search @@ (select query from typed)`)
    return { tables: sql`${typed}, ${walk(filter, { candidates, enough })}`, enough }
  }
  const enough = sql`(select enough from sought)`
  const holding = papersOf(sql`p.search @@ (select words from sought)`)
  const any = papersOf(sql`(select words from sought) is null`)
  const walked = walk(filter, {
    candidates: (conditions) => sql`${holding(conditions)} union all ${any(conditions)}`,
    fits: sql`(not (select checked from sought) or p.search @@ (select query from typed))`,
    enough,
  })
  return { tables: sql`${typed}, ${soughtOf(effort)}, ${walked}`, enough }
}

/** The ids of the newest papers that hold the words of a `tsquery`, `most` at most, as SQL. */
export function newestHolding(query: Sql, most: number): Sql {
  return newestOf({}, sql`p.search @@ ${query}`, most)
}

function newestOf(filter: CanonicalFilter, what: Sql, most: number): Sql {
  return sql`with recursive ${walk(filter, { candidates: papersOf(what), enough: sql.lit(most) })}
    select newest.id from found cross join unnest(found.ids) as newest (id)`
}

interface Walk {
  /** The papers that fulfil conditions which the index knows. */
  readonly candidates: (conditions: Sql) => Sql
  /** What a candidate `p` has to fulfil besides. */
  readonly fits?: Sql
  /** Candidates after which it ends. */
  readonly enough: Sql
}

function papersOf(what: Sql): Walk['candidates'] {
  return (conditions) => sql`select p.* from paper p where ${what} and ${conditions}`
}

/** The table `found (period, ids, seen)`: the matches of each period, until enough candidates were seen. */
function walk(filter: CanonicalFilter, { candidates, fits, enough }: Walk): Sql {
  const { text: _text, publishedFrom, publishedTo, ...rest } = filter
  const indexed = [
    ...conditionsIn('column', rest),
    ...facetConditions(filter),
    hasFacet(sql`next.period::text`),
  ]
  const year = (day: unknown) => sql`extract(year from ${day ?? null}::date)::integer`
  const papers = sql`(${candidates(sql.join(indexed, sql` and `))} offset 0) p
    where ${sql.join([sql`true`, ...conditionsIn('row', filter)], sql` and `)}`
  const judged = fits ? sql`(select p.id, p.published_at, ${fits} as fits from ${papers} offset 0) p` : papers
  return sql`
    span as materialized (
      select greatest(${year(publishedFrom)}, extract(year from min(published_at) at time zone 'UTC')::integer) as first,
        least(${year(publishedTo)}, extract(year from max(published_at) at time zone 'UTC')::integer) as last from paper),
    found as (
      select last * 100 + 13 as period, '{}'::bigint[] as ids, 0::bigint as seen from span
      union all
      select next.period, more.ids, found.seen + more.seen
      from found cross join span
      cross join lateral (
        select case when found.period <= 9999 or found.period % 100 > 1 then found.period - 1
          when found.period / 100 = last then (last - 1) * 100 + 12 else last - 2 end as period) next
      cross join lateral (
        select coalesce(array_agg(newest.id order by newest.published_at desc, newest.id desc)
            filter (where newest.fits), '{}') as ids, count(*) as seen from (
          select p.id, p.published_at, ${fits ? sql`p.fits` : sql`true as fits`} from ${judged}
          order by p.published_at desc, p.id desc limit ${enough} - found.seen) newest) more
      where found.seen < ${enough} and next.period >= first)`
}

/** How many papers a filter finds; `most` where there are at least so many. */
export async function countMatches(db: Db, filter: CanonicalFilter, most: number): Promise<number> {
  if (!isWalked(filter)) return countList(db, { from: sql`paper p`, where: filterConditions(filter) }, most)
  const { rows } = await sql<{ amount: number }>`
    select count(*)::integer as amount from (${newestMatches(filter, most)}) matches`.execute(db)
  return rows[0]?.amount ?? 0
}

/** Matches that are named one by one at most, where none has to be read to tell it. */
const namedAtMost = 5000
/** So many words find few papers, if any, and more would take the index long. */
const namedBy = 16

/**
 * The ids of all papers of a filter with a text, where they are few; undefined where they are many, or cannot be
 * told. Postgres takes each word that it has no statistics of for rather common, and would read all papers in the
 * order of a list to find the few that hold a rare one.
 */
export async function allMatchesIfFew(db: Db, filter: CanonicalFilter): Promise<number[] | undefined> {
  if (typeof filter.text !== 'string' || !isWalked(filter)) return undefined
  const effort = { most: namedAtMost + 1, words: namedBy, checked: checkedAtMost + 1 }
  const { tables, enough } = found(filter, filter.text, effort)
  const { rows } = await sql<{ many: boolean; ids: number[] }>`
    with recursive ${tables}
    select max(found.seen) >= ${enough} as many,
      array(select newest.id from found cross join unnest(found.ids) as newest (id)) as ids
    from found`.execute(db)
  return rows[0]?.many ? undefined : rows[0]?.ids
}
