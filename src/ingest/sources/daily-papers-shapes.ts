import { z } from 'zod'
import {
  abstract,
  arxivId,
  authorList,
  count,
  instant,
  keyword,
  limits,
  name,
  optional,
  text,
  title,
  url,
} from './shapes.ts'

/**
 * The Hugging Face responses as they have been since 2023, all shapes at once. What makes a paper (id, title,
 * abstract, publication, authors' names, votes, comments) has to be right where it is given; what describes it
 * further is left out where it is not. Unknown fields pass.
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
const account = z.object({
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

const organization = z.object({ name, _id: label, fullname: optional(name), avatar: optional(siteUrl) })

const author = z.object({
  name,
  user: optional(account),
  status: label,
  statusLastChangedAt: optional(instant),
  hidden: flag,
})

const paper = z.object({
  id: arxivId,
  title,
  summary: optionalText(),
  publishedAt: instant,
  authors: authorList(author).nullish(),
  upvotes: count.nullish(),
  submittedOnDailyAt: optional(instant),
  submittedOnDailyBy: optional(account),
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
  organization: optional(organization),
  /** Only in flat items, which have no `thumbnail` beside them. */
  thumbnailUrl: optional(url),
})

export const entry = z.object({
  paper,
  publishedAt: optional(instant),
  numComments: count.nullish(),
  thumbnail: optional(url),
  /** The thumbnail, in the oldest shape. */
  mediaUrl: optional(url),
  mediaUrls: optional(z.array(optional(url))),
  isAuthorParticipating: flag,
  submittedBy: optional(account),
  organization: optional(organization),
  /** What `organization` was called for two weeks of 2025. */
  submitterOrganization: optional(organization),
})

export type Entry = z.infer<typeof entry>
export type Account = z.infer<typeof account>
export type Author = z.infer<typeof author>
export type Organization = z.infer<typeof organization>

/** An empty abstract is none; one that cannot be stored costs the paper. */
function optionalText() {
  return z.preprocess(
    (value) => (typeof value === 'string' && value.trim() === '' ? undefined : value),
    abstract.nullish(),
  )
}
