import type {
  AccountRecord,
  AuthorRecord,
  OrganizationRecord,
  PaperRecord,
} from '../../../db/model/record.ts'
import type { Account, Author, Entry, Organization } from './daily-papers-shapes.ts'
import { listTime } from './list-date.ts'
import { defined, limits } from './shapes.ts'

/** One entry of a response as a record. `askedFor` is the list date of the request, for entries that tell none. */
export function recordOf(entry: Entry, observedAt: string, askedFor: string | undefined): PaperRecord {
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
    // No paper is without authors: an empty list is one that was not told.
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
  })
}

/** Outside `paper` it is told with more (followers, roles), within `paper` for longer. */
function submitterOf({ submittedBy, paper }: Entry): AccountRecord | undefined {
  return accountOf(submittedBy) ?? accountOf(paper.submittedOnDailyBy)
}

function accountOf(account: Account | null | undefined): AccountRecord | undefined {
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

function authorOf(author: Author): AuthorRecord {
  return defined({
    name: author.name,
    account: accountOf(author.user),
    claimStatus: author.status,
    claimChangedAt: author.statusLastChangedAt,
    hidden: author.hidden,
  })
}

function organizationOf(organization: Organization): OrganizationRecord {
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
