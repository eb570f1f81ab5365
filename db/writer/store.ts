import { sql, type Transaction } from 'kysely'
import { fieldDefinitions } from '../model/paper-fields.ts'
import type { AuthorRecord } from '../model/record.ts'
import type { Tables } from '../tables.ts'
import { counters, type Point } from './merge/counters.ts'
import type { StoredPaper } from './rows.ts'

/**
 * Inserts rows, all with the columns of the first, with one statement: Postgres turns one JSON text into rows of the
 * table's own type, which costs one parameter whatever their number and keeps array columns arrays.
 */
export async function insertRows(
  trx: Transaction<Tables>,
  table: keyof Tables,
  rows: readonly object[],
  onConflict: 'fails' | 'does nothing' = 'fails',
): Promise<void> {
  if (rows.length === 0) return
  const names = sql.join(Object.keys(rows[0] ?? {}).map((column) => sql.ref(column)))
  await sql`
    insert into ${sql.table(table)} (${names})
    select ${names} from json_populate_recordset(null::${sql.table(table)}, ${JSON.stringify(rows)}::json)
    ${onConflict === 'does nothing' ? sql`on conflict do nothing` : sql``}
  `.execute(trx)
}

/** What a new count of votes, comments or stars alone moves. */
export const counterColumns: readonly string[] = [
  ...counters.map((counter) => fieldDefinitions[counter].column),
  'provenance',
  'merged_records',
  'updated_at',
]

/** Rewrites papers, all in the columns of the first; or their counters alone. */
export async function updatePapers(
  trx: Transaction<Tables>,
  rows: readonly StoredPaper[],
  only: 'counters' | 'all',
) {
  if (rows.length === 0) return
  const columns =
    only === 'counters'
      ? counterColumns
      : Object.keys(rows[0] ?? {}).filter((column) => column !== 'id' && column !== 'ingested_at')
  await sql`
    update paper set ${sql.join(columns.map((column) => sql`${sql.ref(column)} = ${sql.ref(`given.${column}`)}`))}
    from json_populate_recordset(null::paper, ${JSON.stringify(rows)}::json) as given
    where paper.id = given.id
  `.execute(trx)
}

export async function storeNames(
  trx: Transaction<Tables>,
  table: 'author' | 'keyword' | 'edition',
  names: ReadonlySet<string>,
): Promise<void> {
  if (names.size === 0) return
  const type = sql.raw(table === 'edition' ? 'date' : 'text')
  await sql`
    insert into ${sql.table(table)} select unnest(${[...names]}::${type}[]) order by 1 on conflict do nothing
  `.execute(trx)
}

export interface AuthorsOf {
  paperId: number
  isNew: boolean
  authors: readonly AuthorRecord[]
}

export async function storeAuthors(trx: Transaction<Tables>, lists: readonly AuthorsOf[]): Promise<void> {
  await deleteReplaced(trx, 'paper_author', lists)
  await storeNames(trx, 'author', new Set(lists.flatMap((list) => list.authors.map((author) => author.name))))
  const rows = lists.flatMap(({ paperId, authors }) =>
    authors.map((author, index) => ({
      paper_id: paperId,
      position: index + 1,
      author_name: author.name,
      account_name: author.account?.name ?? null,
      claim_status: author.claimStatus ?? null,
      claim_changed_at: author.claimChangedAt ?? null,
      hidden: author.hidden ?? false,
    })),
  )
  await insertRows(trx, 'paper_author', rows)
}

export async function storeKeywords(
  trx: Transaction<Tables>,
  lists: readonly { paperId: number; isNew: boolean; keys: readonly string[] }[],
): Promise<void> {
  await deleteReplaced(trx, 'paper_keyword', lists)
  await storeNames(trx, 'keyword', new Set(lists.flatMap((list) => list.keys)))
  const rows = lists.flatMap(({ paperId, keys }) =>
    keys.map((key) => ({ paper_id: paperId, keyword_key: key })),
  )
  await insertRows(trx, 'paper_keyword', rows)
}

async function deleteReplaced(
  trx: Transaction<Tables>,
  table: 'paper_author' | 'paper_keyword',
  lists: readonly { paperId: number; isNew: boolean }[],
): Promise<void> {
  const ids = lists.filter((list) => !list.isNew).map((list) => list.paperId)
  if (ids.length === 0) return
  await sql`delete from ${sql.table(table)} where paper_id = any(${ids}::bigint[])`.execute(trx)
}

/** Adds the points to each paper's history; those observed late go to their place in it. */
export async function storeHistory(
  trx: Transaction<Tables>,
  added: readonly { paperId: number; point: Point }[],
  removed: readonly { paperId: number; observedAt: string }[],
): Promise<void> {
  if (removed.length > 0) {
    await sql`
      delete from paper_history using json_populate_recordset(null::paper_history, ${JSON.stringify(
        removed.map(({ paperId, observedAt }) => ({ paper_id: paperId, observed_at: observedAt })),
      )}::json) as gone
      where paper_history.paper_id = gone.paper_id and paper_history.observed_at = gone.observed_at
    `.execute(trx)
  }
  const rows = added.map(({ paperId, point }) => ({
    paper_id: paperId,
    observed_at: point.observedAt,
    upvotes: point.upvotes,
    comment_count: point.commentCount,
    github_stars: point.githubStars,
  }))
  await insertRows(trx, 'paper_history', rows)
}
