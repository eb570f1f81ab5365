import { z } from 'zod'
import type { PaperRecord } from '../../../db/model/record.ts'
import {
  abstract,
  arxivId,
  authorList,
  count,
  day,
  defined,
  instant,
  keyword,
  limits,
  name,
  text,
  title,
  url,
} from './shapes.ts'

/**
 * A `PaperRecord` as a client pushes it: here everything that is given has to be right, since the client can correct
 * it. Null counts as not told, unknown fields pass, white space is folded, versions leave ids, times become
 * canonical.
 */

const label = text(limits.text).nullish()
const flag = z.boolean().nullish()

const account = z
  .object({
    name,
    hfId: label,
    fullName: name.nullish(),
    avatarUrl: url.nullish(),
    isPro: flag,
    followerCount: count.nullish(),
    isHf: flag,
    isMod: flag,
  })
  .transform(defined)

const organization = z
  .object({ name, hfId: label, fullName: name.nullish(), avatarUrl: url.nullish() })
  .transform(defined)

const author = z
  .object({
    name,
    account: account.nullish(),
    claimStatus: label,
    claimChangedAt: instant.nullish(),
    hidden: flag,
  })
  .transform(defined)

const listing = z
  .object({ date: day, submitter: account.nullish(), submittedAt: instant.nullish() })
  .transform(defined)

export const paperRecord: z.ZodType<PaperRecord> = z
  .object({
    observedAt: instant,
    arxivId: arxivId.nullish(),
    title,
    abstract: abstract.nullish(),
    publishedAt: instant,
    authors: authorList(author).nullish(),
    authorCount: count.nullish(),
    upvotes: count.nullish(),
    commentCount: count.nullish(),
    githubStars: count.nullish(),
    organization: organization.nullish(),
    aiSummary: abstract.nullish(),
    aiSummaryModel: label,
    keywords: z.array(keyword).max(limits.keywords).nullish(),
    githubRepo: url.nullish(),
    githubRepoAddedBy: label,
    projectPage: url.nullish(),
    thumbnailUrl: url.nullish(),
    mediaUrls: z.array(url).max(limits.mediaUrls).nullish(),
    discussionId: label,
    authorParticipating: flag,
    doi: label,
    journalRef: label,
    comment: label,
    primaryCategory: label,
    categories: z.array(text(limits.name)).max(limits.categories).nullish(),
    arxivVersion: count.min(1).nullish(),
    revisedAt: instant.nullish(),
    withdrawnAt: instant.nullish(),
    listing: listing.nullish(),
  })
  .check(({ value, issues }) => {
    const { authors, authorCount } = value
    if (!authors || authorCount == null || authorCount === authors.length) return
    const message = `The list has ${authors.length} authors; leave the number out, or let it be theirs.`
    issues.push({ code: 'custom', path: ['authorCount'], message, input: authorCount })
  })
  .transform(defined)
