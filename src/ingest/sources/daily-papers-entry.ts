import { z } from 'zod'
import type { AccountRecord, OrganizationRecord } from '../../../db/model/profile.ts'
import type { AuthorRecord, PaperRecord } from '../../../db/model/record.ts'
import { listTime } from './list-date.ts'
import {
  abstract,
  arxivId,
  authorList,
  count,
  defined,
  instant,
  keyword,
  limits,
  name,
  optional,
  personName,
  text,
  title,
  url,
} from './shapes.ts'

/**
 * The Hugging Face responses as they have been since 2023, all shapes at once. What makes a paper (id, title,
 * abstract, publication, authors' names, votes, comments) has to be right where it is given; what describes it
 * further is left out where it is not. Unknown fields pass. A new field has its shape here and its place in the
 * record below.
 */

const site = 'https://huggingface.co'

/** Avatars may be relative to the site: `/avatars/….svg`. */
const siteUrl = z.preprocess(
  (value) => (typeof value === 'string' && /^\/[^/]/.test(value) ? site + value : value),
  url,
)
const flag = optional(z.boolean())
const label = optional(text(limits.text))

/** The account's name is `user` within `paper` and `name` outside it; newer responses have both. */
export const accountShape = z.object({
  name: optional(name),
  user: optional(name),
  _id: label,
  id: label,
  fullname: optional(name),
  avatarUrl: optional(siteUrl),
  isPro: flag,
  followerCount: optional(count),
  isHf: flag,
  isMod: flag,
})

const organizationShape = z.object({ name, _id: label, fullname: optional(name), avatar: optional(siteUrl) })

const authorShape = z.object({
  name: personName,
  user: optional(accountShape),
  status: label,
  statusLastChangedAt: optional(instant),
  hidden: flag,
})

const paperShape = z.object({
  id: arxivId,
  title,
  summary: optionalText(),
  publishedAt: instant,
  authors: authorList(authorShape).nullish(),
  upvotes: count.nullish(),
  submittedOnDailyAt: optional(instant),
  submittedOnDailyBy: optional(accountShape),
  withdrawnAt: optional(instant),
  discussionId: label,
  githubRepo: optional(url),
  githubRepoAddedBy: label,
  githubStars: optional(count),
  projectPage: optional(url),
  mediaUrls: optional(z.array(optional(url))),
  ai_summary: optional(abstract),
  ai_summary_model: label,
  ai_keywords: optional(z.array(optional(keyword))),
  organization: optional(organizationShape),
  /** Only in flat items, which have no `thumbnail` beside them. */
  thumbnailUrl: optional(url),
})

export const entryShape = z.object({
  paper: paperShape,
  publishedAt: optional(instant),
  numComments: count.nullish(),
  thumbnail: optional(url),
  /** The thumbnail, in the oldest shape. */
  mediaUrl: optional(url),
  mediaUrls: optional(z.array(optional(url))),
  isAuthorParticipating: flag,
  submittedBy: optional(accountShape),
  organization: optional(organizationShape),
  /** What `organization` was called for two weeks of 2025. */
  submitterOrganization: optional(organizationShape),
})

export type Entry = z.infer<typeof entryShape>

/** An empty abstract is none; one that cannot be stored costs the paper. */
function optionalText() {
  return z.preprocess(
    (value) => (typeof value === 'string' && value.trim() === '' ? undefined : value),
    abstract.nullish(),
  )
}

/**
 * One entry of a response as a record. `askedFor` is the list date of the request, for entries that have none;
 * `flat` says that the response has no fields beside those of `paper`.
 */
export function recordOf(
  entry: Entry,
  observedAt: string,
  askedFor: string | undefined,
  flat: boolean,
): PaperRecord {
  const { paper } = entry
  const time = listTime(entry, askedFor)
  const submitter = submitterOf(entry)
  const organization = paper.organization ?? entry.organization ?? entry.submitterOrganization
  return defined({
    observedAt,
    arxivId: paper.id,
    title: paper.title,
    abstract: paper.summary,
    publishedAt: paper.publishedAt,
    // No paper is without authors: an empty list is one that was left out.
    authors: paper.authors?.length ? paper.authors.map(authorOf) : undefined,
    upvotes: paper.upvotes,
    commentCount: entry.numComments,
    githubStars: paper.githubStars,
    organization: organization && organizationOf(organization),
    aiSummary: paper.ai_summary,
    aiSummaryModel: paper.ai_summary_model,
    keywords: paper.ai_keywords && distinct(paper.ai_keywords).slice(0, limits.keywords),
    githubRepo: paper.githubRepo,
    githubRepoAddedBy: paper.githubRepoAddedBy,
    projectPage: paper.projectPage,
    thumbnailUrl: entry.thumbnail ?? entry.mediaUrl ?? paper.thumbnailUrl,
    mediaUrls: mediaOf(entry),
    discussionId: paper.discussionId,
    authorParticipating: entry.isAuthorParticipating,
    withdrawnAt: paper.withdrawnAt,
    listing: time && { ...time, ...(submitter && { submitter }) },
    partial: flat || undefined,
  })
}

/** Outside `paper` it comes with more (followers, roles), within `paper` it has been there for longer. */
function submitterOf({ submittedBy, paper }: Entry): AccountRecord | undefined {
  return accountOf(submittedBy) ?? accountOf(paper.submittedOnDailyBy)
}

export function accountOf(
  account: z.infer<typeof accountShape> | null | undefined,
): AccountRecord | undefined {
  const name = account?.user ?? account?.name
  if (!account || !name) return undefined
  return defined({
    name,
    hfId: account._id ?? account.id,
    fullName: account.fullname,
    avatarUrl: account.avatarUrl,
    isPro: account.isPro,
    followerCount: account.followerCount,
    isHf: account.isHf,
    isMod: account.isMod,
  })
}

function authorOf(author: z.infer<typeof authorShape>): AuthorRecord {
  return defined({
    name: author.name,
    account: accountOf(author.user),
    claimStatus: author.status,
    claimChangedAt: author.statusLastChangedAt,
    hidden: author.hidden,
  })
}

function organizationOf(organization: z.infer<typeof organizationShape>): OrganizationRecord {
  return defined({
    name: organization.name,
    hfId: organization._id,
    fullName: organization.fullname,
    avatarUrl: organization.avatar,
  })
}

function mediaOf({ paper, mediaUrls }: Entry): string[] | undefined {
  const urls = paper.mediaUrls ?? mediaUrls
  return urls ? distinct(urls).slice(0, limits.mediaUrls) : undefined
}

/** Without repetitions and without what could not be read; the order stays. */
function distinct(values: readonly (string | null | undefined)[]): string[] {
  return [...new Set(values.filter((value) => typeof value === 'string'))]
}
