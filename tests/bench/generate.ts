import { readFile } from 'node:fs/promises'
import { sql } from 'kysely'
import type { Db } from '../../db/database.ts'

const years = 10
const rowsAtOnce = 20_000

/**
 * Fills an empty, migrated database with papers that are spread like real ones: words, names, keywords and votes by
 * power laws, ten years of publication, one edition each, two observations each. The same amount gives the same
 * papers. Indexes are dropped meanwhile and made again, foreign keys are not checked: needs a superuser.
 */
export async function generatePapers(
  db: Db,
  amount: number,
  progress: (done: number) => void = () => {},
): Promise<void> {
  const capture = new URL('../../seeds/daily-papers-sparsity.txt', import.meta.url)
  const words = [...new Set((await readFile(capture, 'utf8')).toLowerCase().match(/[a-z]{3,}/g))]
  await db.connection().execute(async (connection) => {
    await sql`set session_replication_role = replica`.execute(connection)
    await sql`set statement_timeout = 0`.execute(connection)
    await sql`select setseed(0.5)`.execute(connection)
    await sql`insert into author select 'Author ' || n from generate_series(1, ${amount / 4 + 10}::int) n`.execute(
      connection,
    )
    await sql`insert into keyword select 'keyword ' || n from generate_series(1, 20000) n`.execute(connection)
    await sql`insert into organization (name, full_name, observed_at)
      select 'org-' || n, 'Organization ' || n, '2026-01-01' from generate_series(1, 500) n`.execute(
      connection,
    )
    await sql`insert into account (name, observed_at) select 'user-' || n, '2026-01-01' from generate_series(1, 2000) n`.execute(
      connection,
    )
    await sql`insert into edition select '2016-01-01'::date + n from generate_series(0, ${years * 366}::int) n`.execute(
      connection,
    )
    const indexes = await dropIndexes(connection)
    for (let from = 0; from < amount; from += rowsAtOnce) {
      const to = Math.min(amount, from + rowsAtOnce)
      await insertPapers(connection, words, from, to, amount)
      progress(to)
    }
    for (const index of indexes) await sql.raw(index).execute(connection)
    await sql`select setval(pg_get_serial_sequence('paper', 'id'), ${amount})`.execute(connection)
    await sql`set session_replication_role = origin`.execute(connection)
  })
  await sql`vacuum analyze`.execute(db)
}

async function insertPapers(
  db: Db,
  words: string[],
  from: number,
  to: number,
  amount: number,
): Promise<void> {
  await sql`
    with words as materialized (select ${words}::text[] as w, cardinality(${words}::text[]) as size)
    insert into paper (id, arxiv_id, title, title_key, abstract, published_at, author_names, author_count, upvotes,
      comment_count, github_repo, github_stars, organization_name, keywords, keyword_keys, categories,
      primary_category, listed_on, first_listed_on, last_listed_on, submitter_names, provenance, ingested_at,
      updated_at)
    select n, to_char(2000 + n / 100000, 'FM0000') || '.' || to_char(n % 100000, 'FM00000'), title, title, abstract,
      published_at, authors, cardinality(authors), upvotes, upvotes / 10, repo, case when repo is null then null else upvotes * 3 end,
      organization, keywords, keywords, array['cs.' || chr(65 + (n % 20)::int)], 'cs.' || chr(65 + (n % 20)::int),
      array[day], day, day, array['user-' || (1 + n % 2000)], '{}', published_at, published_at
    from (
      select n, published_at, (published_at at time zone 'UTC')::date + 1 as day,
        initcap((select string_agg(w[1 + floor(size * random() ^ 2)::int], ' ') from words, generate_series(1, 8) where n > 0)) as title,
        (select string_agg(w[1 + floor(size * random() ^ 3)::int], ' ') from words, generate_series(1, 150) where n > 0) as abstract,
        (select array_agg(distinct 'Author ' || (1 + floor(${amount / 4}::int * random() ^ 3)::int)) from generate_series(1, 1 + (n % 9)::int) where n > 0) as authors,
        (select array_agg(distinct 'keyword ' || (1 + floor(20000 * random() ^ 4)::int)) from generate_series(1, 8) where n > 0) as keywords,
        floor(3 / (0.01 + random()))::int as upvotes,
        case when n % 3 = 0 then 'https://github.com/o/r' || n end as repo,
        case when n % 2 = 0 then 'org-' || (1 + floor(500 * random() ^ 3)::int) end as organization
      from (select n, '2016-01-01T00:00:00Z'::timestamptz + n * (interval '1 day' * ${(years * 365) / amount}::float8) as published_at
        from generate_series(${from + 1}::bigint, ${to}::bigint) n) days
    ) papers`.execute(db)
  const those = sql`id > ${from} and id <= ${to}`
  await sql`insert into paper_author (paper_id, position, author_name)
    select id, position, name from paper, unnest(author_names) with ordinality a (name, position) where ${those}`.execute(
    db,
  )
  await sql`insert into paper_keyword select id, unnest(keyword_keys) from paper where ${those}`.execute(db)
  await sql`insert into listing (edition_date, paper_id, submitter_name, observed_at, recorded_at)
    select first_listed_on, id, submitter_names[1], published_at, published_at from paper where ${those}`.execute(
    db,
  )
  await sql`insert into paper_history (paper_id, observed_at, upvotes, comment_count)
    select id, published_at + interval '1 day' * (1 + d), upvotes / (2 - d), comment_count from paper, generate_series(0, 1) d where ${those}`.execute(
    db,
  )
}

/** Drops every index that no constraint needs; returns what makes them again. */
async function dropIndexes(db: Db): Promise<string[]> {
  const { rows } = await sql<{ name: string; definition: string }>`
    select c.relname as name, pg_get_indexdef(i.indexrelid) as definition
    from pg_index i join pg_class c on c.oid = i.indexrelid join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'public' and not i.indisunique`.execute(db)
  for (const { name } of rows) await sql`drop index ${sql.ref(name)}`.execute(db)
  return rows.map(({ definition }) => definition)
}
