import { sql, type Transaction } from 'kysely'
import type { StoredComment } from '../detail-tables.ts'
import type { PaperDetail, SiteVotes } from '../model/paper-detail.ts'
import type { Tables } from '../tables.ts'

/** Stores what single-paper calls gave: of each paper the newest reading, and of it only what it says. */
export async function storeDetails(trx: Transaction<Tables>, details: readonly PaperDetail[]): Promise<void> {
  const newest = new Map<string, PaperDetail>()
  for (const detail of details) {
    const other = newest.get(detail.arxivId)
    if (!other || other.readAt < detail.readAt) newest.set(detail.arxivId, detail)
  }
  if (newest.size === 0) return
  const rows = [...newest.values()].map(({ arxivId, readAt, models, datasets, spaces, comments }) => ({
    arxiv_id: arxivId,
    read_at: readAt,
    models: models?.list,
    model_count: models?.count,
    datasets: datasets?.list,
    dataset_count: datasets?.count,
    spaces: spaces?.list,
    space_count: spaces?.count,
    comments: comments?.map(
      ({ author, replyTo, ...comment }): StoredComment => ({
        ...comment,
        author: author?.name ?? null,
        replyTo: replyTo ?? null,
      }),
    ),
  }))
  await sql`
    insert into paper_detail as old (paper_id, read_at,
      models, model_count, datasets, dataset_count, spaces, space_count, comments)
    select p.id, g.read_at, g.models, g.model_count, g.datasets, g.dataset_count, g.spaces, g.space_count, g.comments
    from json_to_recordset(${JSON.stringify(rows)}::json) as g (arxiv_id text, read_at timestamptz,
      models jsonb, model_count integer, datasets jsonb, dataset_count integer, spaces jsonb, space_count integer,
      comments jsonb)
    join paper p on p.arxiv_id = g.arxiv_id
    on conflict (paper_id) do update set
      read_at = excluded.read_at,
      models = coalesce(excluded.models, old.models),
      model_count = coalesce(excluded.model_count, old.model_count),
      datasets = coalesce(excluded.datasets, old.datasets),
      dataset_count = coalesce(excluded.dataset_count, old.dataset_count),
      spaces = coalesce(excluded.spaces, old.spaces),
      space_count = coalesce(excluded.space_count, old.space_count),
      comments = coalesce(excluded.comments, old.comments)
    where excluded.read_at >= old.read_at
  `.execute(trx)
}

export interface GivenVotes extends SiteVotes {
  paperId: number
  observedAt: string
}

/** Stores votes on other sites, the newest observation of each. Returns the papers of which a number changed. */
export async function storeVotes(
  trx: Transaction<Tables>,
  given: readonly GivenVotes[],
): Promise<Set<number>> {
  const newest = new Map<string, GivenVotes>()
  for (const votes of given) {
    const key = `${votes.paperId} ${votes.site}`
    const other = newest.get(key)
    if (!other || other.observedAt <= votes.observedAt) newest.set(key, votes)
  }
  if (newest.size === 0) return new Set()
  const rows = [...newest.values()].map(({ paperId, site, votes, observedAt }) => ({
    paper_id: paperId,
    site,
    votes,
    observed_at: observedAt,
  }))
  const { rows: changed } = await sql<{ paper_id: number }>`
    insert into paper_vote as old (paper_id, site, votes, observed_at)
    select paper_id, site, votes, observed_at
    from json_populate_recordset(null::paper_vote, ${JSON.stringify(rows)}::json)
    on conflict (paper_id, site) do update set votes = excluded.votes, observed_at = excluded.observed_at
    where excluded.observed_at >= old.observed_at and excluded.votes <> old.votes
    returning paper_id
  `.execute(trx)
  return new Set(changed.map(({ paper_id }) => paper_id))
}
