import { createHash } from 'node:crypto'
import type { AuthorRecord, PaperRecord } from '../../model/record.ts'
import type { FieldName } from './rules.ts'

/** A paper's fields as they are merged and compared; null where nothing is known. */
export interface PaperValues {
  title: string | null
  abstract: string | null
  publishedAt: string | null
  authors: AuthorList | null
  authorCount: number | null
  upvotes: number | null
  commentCount: number | null
  githubStars: number | null
  /** Its name; what else is known of it is merged by itself. */
  organization: string | null
  aiSummary: string | null
  aiSummaryModel: string | null
  keywords: string[] | null
  githubRepo: string | null
  githubRepoAddedBy: string | null
  projectPage: string | null
  thumbnailUrl: string | null
  mediaUrls: string[] | null
  discussionId: string | null
  authorParticipating: boolean | null
  doi: string | null
  journalRef: string | null
  comment: string | null
  primaryCategory: string | null
  categories: string[] | null
  arxivVersion: number | null
  revisedAt: string | null
  withdrawnAt: string | null
}

/** A list of authors by its digest; the list itself is at hand only when it comes from a record. */
export interface AuthorList {
  digest: string
  names: string[]
}

/** What the record says on the field; undefined where it is silent. */
export function wordOf<F extends FieldName>(record: PaperRecord, field: F): PaperValues[F] | undefined
export function wordOf(record: PaperRecord, field: FieldName): unknown {
  if (field === 'authors') return record.authors?.length ? authorList(record.authors) : undefined
  if (field === 'organization') return record.organization?.name
  const value = record[field]
  return Array.isArray(value) && value.length === 0 ? undefined : value
}

/** Equal digests mean equal lists: names, order, linked accounts, claims and hidden marks. */
export function authorList(authors: readonly AuthorRecord[]): AuthorList {
  const hash = createHash('md5')
  for (const { name, account, claimStatus, claimChangedAt, hidden } of authors) {
    hash.update(
      `${name}\0${account?.name ?? ''}\0${claimStatus ?? ''}\0${claimChangedAt ?? ''}\0${hidden ? 1 : 0}\n`,
    )
  }
  return { digest: hash.digest('hex'), names: authors.map((author) => author.name) }
}

export function same(a: PaperValues[FieldName], b: PaperValues[FieldName]): boolean {
  if (a === b) return true
  if (a === null || b === null || typeof a !== 'object' || typeof b !== 'object') return false
  if ('digest' in a && 'digest' in b) return a.digest === b.digest
  return Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((item, i) => item === b[i])
}

export function noValues(): PaperValues {
  return {
    title: null,
    abstract: null,
    publishedAt: null,
    authors: null,
    authorCount: null,
    upvotes: null,
    commentCount: null,
    githubStars: null,
    organization: null,
    aiSummary: null,
    aiSummaryModel: null,
    keywords: null,
    githubRepo: null,
    githubRepoAddedBy: null,
    projectPage: null,
    thumbnailUrl: null,
    mediaUrls: null,
    discussionId: null,
    authorParticipating: null,
    doi: null,
    journalRef: null,
    comment: null,
    primaryCategory: null,
    categories: null,
    arxivVersion: null,
    revisedAt: null,
    withdrawnAt: null,
  }
}
