import type { Insertable } from 'kysely'
import type { PaperValues as EventValues, PaperColumn } from '../feed/events.ts'
import { keywordKey, titleKey } from '../model/text.ts'
import type { PaperRow, PaperTable } from '../tables.ts'
import { decodeProvenance, encodeProvenance } from './merge/provenance.ts'
import { noValues, type PaperValues } from './merge/values.ts'
import type { Listing, PaperState } from './state.ts'

/** A row as JSON has it: instants are ISO texts. What is inserted, compared and told in events. */
export type StoredPaper = {
  [Column in keyof Insertable<PaperTable>]-?: Date extends PaperRow[Extract<Column, keyof PaperRow>]
    ? string | Exclude<PaperRow[Extract<Column, keyof PaperRow>], Date>
    : PaperRow[Extract<Column, keyof PaperRow>]
}

export function toRow(state: PaperState, now: string): StoredPaper {
  const { values, listings } = state
  const keywords = values.keywords ?? []
  const days = [...listings.keys()].sort()
  const submitters = new Set([...listings.values()].map((listing) => listing.submitter))
  submitters.delete(null)
  return {
    id: state.id,
    arxiv_id: state.arxivId,
    title: values.title ?? '',
    title_key: titleKey(values.title ?? ''),
    abstract: values.abstract,
    published_at: values.publishedAt ?? '',
    withdrawn_at: values.withdrawnAt,
    author_count: values.authors?.names.length ?? values.authorCount ?? 0,
    author_names: values.authors?.names ?? [],
    authors_digest: values.authors?.digest ?? null,
    upvotes: values.upvotes ?? 0,
    comment_count: values.commentCount ?? 0,
    github_stars: values.githubStars,
    organization_name: values.organization,
    ai_summary: values.aiSummary,
    ai_summary_model: values.aiSummaryModel,
    keywords,
    keyword_keys: [...new Set(keywords.map(keywordKey))],
    github_repo: values.githubRepo,
    github_repo_added_by: values.githubRepoAddedBy,
    project_page: values.projectPage,
    thumbnail_url: values.thumbnailUrl,
    media_urls: values.mediaUrls ?? [],
    discussion_id: values.discussionId,
    author_participating: values.authorParticipating,
    doi: values.doi,
    journal_ref: values.journalRef,
    comment: values.comment,
    primary_category: values.primaryCategory,
    categories: values.categories ?? [],
    arxiv_version: values.arxivVersion,
    revised_at: values.revisedAt,
    listed_on: days,
    submitter_names: ([...submitters] as string[]).sort(),
    first_listed_on: days[0] ?? null,
    last_listed_on: days.at(-1) ?? null,
    provenance: encodeProvenance(state.stamps),
    ingested_at: state.ingestedAt ?? now,
    updated_at: now,
  }
}

/** The state a row was made of; what was never told (no stamp) is unknown, whatever default the column shows. */
export function fromRow(row: PaperRow): PaperState {
  const stamps = decodeProvenance(row.provenance)
  const values: PaperValues = {
    ...noValues(),
    title: row.title,
    abstract: row.abstract,
    publishedAt: row.published_at.toISOString(),
    authors: row.authors_digest === null ? null : { digest: row.authors_digest, names: row.author_names },
    authorCount: stamps.has('authorCount') ? row.author_count : null,
    upvotes: stamps.has('upvotes') ? row.upvotes : null,
    commentCount: stamps.has('commentCount') ? row.comment_count : null,
    githubStars: row.github_stars,
    organization: row.organization_name,
    aiSummary: row.ai_summary,
    aiSummaryModel: row.ai_summary_model,
    keywords: row.keywords.length > 0 ? row.keywords : null,
    githubRepo: row.github_repo,
    githubRepoAddedBy: row.github_repo_added_by,
    projectPage: row.project_page,
    thumbnailUrl: row.thumbnail_url,
    mediaUrls: row.media_urls.length > 0 ? row.media_urls : null,
    discussionId: row.discussion_id,
    authorParticipating: row.author_participating,
    doi: row.doi,
    journalRef: row.journal_ref,
    comment: row.comment,
    primaryCategory: row.primary_category,
    categories: row.categories.length > 0 ? row.categories : null,
    arxivVersion: row.arxiv_version,
    revisedAt: row.revised_at?.toISOString() ?? null,
    withdrawnAt: row.withdrawn_at?.toISOString() ?? null,
  }
  return {
    id: row.id,
    isNew: false,
    arxivId: row.arxiv_id,
    values,
    stamps,
    ingestedAt: row.ingested_at.toISOString(),
    listings: new Map<string, Listing>(),
    confirmed: {},
    listedUntil: new Map(),
  }
}

/** What events tell of a row: everything but keys, bookkeeping and what the listings say by themselves. */
export const toldColumns = [
  'arxiv_id',
  'title',
  'abstract',
  'published_at',
  'withdrawn_at',
  'author_count',
  'author_names',
  'upvotes',
  'comment_count',
  'github_stars',
  'organization_name',
  'ai_summary',
  'ai_summary_model',
  'keywords',
  'keyword_keys',
  'github_repo',
  'github_repo_added_by',
  'project_page',
  'thumbnail_url',
  'media_urls',
  'discussion_id',
  'author_participating',
  'doi',
  'journal_ref',
  'comment',
  'primary_category',
  'categories',
  'arxiv_version',
  'revised_at',
] as const satisfies readonly PaperColumn[]

export function snapshot(row: StoredPaper): EventValues {
  return Object.fromEntries(
    toldColumns
      .map((column) => [column, row[column]] as const)
      .filter(([, value]) => value !== null && !(Array.isArray(value) && value.length === 0)),
  )
}

/** Columns hold texts, numbers, booleans, nulls or lists of texts. */
export function equal(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((item, i) => item === b[i])
  return a === b
}
