import { sql } from 'kysely'
import type { Db } from './database.ts'
import { newestWithWords } from './search/matches.ts'

/** A paper that has something in common with another one. */
export interface Related {
  paper_id: number
  related_id: number
  score: number
  keyword_keys: string[]
  author_names: string[]
  /** Whether words of the title led to it. */
  by_text: boolean
}

/** Papers that are looked at for each keyword and for each author, and of these together. */
const perKeyword = 100
const perAuthor = 25
const sharing = 200
/** Papers that are looked at for the title. */
const byTitle = 200
/** Authors of the paper that are looked for on others: a paper of hundreds says little about each of them. */
export const authorsUsed = 20

/**
 * The papers most related to each of these. The score adds 1 for each shared keyword, 2 for each shared author (both
 * damped by the root of how many there could be), and ten times the rank of the other paper for the words of the
 * title. Considered are, of the papers stored last of each keyword and author, those with most in common, and the newest
 * papers that hold the two longest words of the title: the longest tend to be the rarest.
 */
export async function relatedByPaperIds(
  db: Db,
  ids: readonly number[],
  limit: number,
): Promise<Map<number, Related[]>> {
  const { rows } = await sql<Related>`
    select k.key as paper_id, r.* from unnest(${ids}::bigint[]) as k (key) join paper o on o.id = k.key
    cross join lateral (
      select array_agg(t.lexeme) as title_words, string_agg(quote_literal(t.lexeme), ' | ')::tsquery as query,
        o.author_names[1:${sql.lit(authorsUsed)}] as author_names
      from unnest(ts_filter(o.search, '{a}')) t -- without compounds of two of its words
      where not exists (select from unnest(ts_filter(o.search, '{a}')) part
        where starts_with(t.lexeme, part.lexeme) and t.lexeme <> part.lexeme)
      offset 0) own -- worked out once, not for each candidate
    cross join lateral (
      select string_agg(quote_literal(w.lexeme), ' & ')::tsquery as query from (
        select t.lexeme from unnest(own.title_words) as t (lexeme) order by length(t.lexeme) desc, t.lexeme limit 2) w
    ) longest
    cross join lateral (
      select p.id as related_id, shared.keyword_keys, shared.author_names,
        coalesce(t.rank, 0) > 0 as by_text,
        cardinality(shared.keyword_keys) / sqrt(1 + cardinality(o.keyword_keys))
          + 2 * cardinality(shared.author_names) / sqrt(1 + cardinality(o.author_names))
          + 10 * coalesce(t.rank, 0) as score
      from (
        (select shared.id from (
          select pk.paper_id as id, 1 / sqrt(1 + cardinality(o.keyword_keys)) as points
          from unnest(o.keyword_keys) as what (key) cross join lateral (
            select pk.paper_id from paper_keyword pk where pk.keyword_key = what.key
            order by pk.paper_id desc limit ${sql.lit(perKeyword)}) pk
          union all
          select pa.paper_id, 2 / sqrt(1 + cardinality(o.author_names))
          from unnest(own.author_names) as who (name) cross join lateral (
            select pa.paper_id from paper_author pa where pa.author_name = who.name
            order by pa.paper_id desc limit ${sql.lit(perAuthor)}) pa) shared
          group by shared.id order by sum(shared.points) desc, shared.id desc limit ${sql.lit(sharing)} + 1)
        union
        (${newestWithWords(sql`longest.query`, byTitle)})
      ) candidate
      join paper p on p.id = candidate.id and p.id <> o.id
      cross join lateral (
        select array(select distinct theirs.key from unnest(p.keyword_keys) as theirs (key)
            where theirs.key = any(o.keyword_keys) order by 1) as keyword_keys,
          array(select distinct theirs.name from unnest(p.author_names) as theirs (name)
            where theirs.name = any(own.author_names) order by 1) as author_names) shared
      left join lateral (select ts_rank(p.search, own.query, 1)::float8 as rank) t on true
      order by score desc, p.id desc limit ${limit}
    ) r order by k.key, r.score desc, r.related_id desc`.execute(db)
  return Map.groupBy(rows, (row) => row.paper_id)
}
