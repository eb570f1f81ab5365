import { builder } from './core/builder.ts'

const instant = 'an ISO instant like `2026-06-16T08:30:00Z`; a day alone is its midnight in UTC'

export const AccountInput = builder.inputType('AccountInput', {
  description: 'An account on Hugging Face as the client knows it.',
  fields: (t) => ({
    name: t.string({ required: true, description: 'Its user name.' }),
    hfId: t.string({ description: 'Its id on Hugging Face.' }),
    fullName: t.string({ description: 'The name it shows.' }),
    avatarUrl: t.string({ description: 'The absolute address of its picture.' }),
    isPro: t.boolean({ description: 'Whether it has a PRO subscription.' }),
    followerCount: t.int({ description: 'How many follow it.' }),
    isHf: t.boolean({ description: 'Whether it is of Hugging Face itself.' }),
    isMod: t.boolean({ description: 'Whether it is a moderator.' }),
  }),
})

export const OrganizationInput = builder.inputType('OrganizationInput', {
  description: 'An organization on Hugging Face as the client knows it.',
  fields: (t) => ({
    name: t.string({ required: true, description: 'The name in its address.' }),
    hfId: t.string({ description: 'Its id on Hugging Face.' }),
    fullName: t.string({ description: 'The name it shows.' }),
    avatarUrl: t.string({ description: 'The absolute address of its picture.' }),
  }),
})

export const AuthorInput = builder.inputType('AuthorInput', {
  description: 'An author of a paper.',
  fields: (t) => ({
    name: t.string({ required: true, description: 'The name as the paper spells it.' }),
    account: t.field({ type: AccountInput, description: 'The account that is linked to the author.' }),
    claimStatus: t.string({
      description:
        'How `account` came to be linked, in the words of Hugging Face: `claimed_verified`, `admin_assigned`, `extracted_confirmed` or `extracted_pending`.',
    }),
    claimChangedAt: t.string({ description: `When \`claimStatus\` last changed, ${instant}.` }),
    hidden: t.boolean({ description: 'Whether the Hugging Face page hides this author.' }),
  }),
})

export const ListingInput = builder.inputType('ListingInput', {
  description: 'That a paper is on an edition.',
  fields: (t) => ({
    date: t.string({ required: true, description: 'The day of the edition, like `2026-06-16`.' }),
    submitter: t.field({ type: AccountInput, description: 'The account that submitted it.' }),
    submittedAt: t.string({ description: `When it was submitted, ${instant}.` }),
  }),
})

export const PaperInput = builder.inputType('PaperInput', {
  description:
    'What a client says of one paper. Leave out what it does not know: what is left out, or null, changes nothing. The words of arXiv and Hugging Face stand above those of clients; counters follow whoever saw them last. Each value is checked by itself, so that a wrong one rejects this record alone.',
  fields: (t) => ({
    observedAt: t.string({ description: `When all this was so, ${instant}. Default: now.` }),
    arxivId: t.string({
      description:
        'Its arXiv id, like `2505.11711`; a version is dropped. Without one the paper is found by title and day.',
    }),
    title: t.string({ required: true, description: 'Its title; line breaks are folded to spaces.' }),
    abstract: t.string({ description: 'Its abstract; line breaks are folded to spaces.' }),
    publishedAt: t.string({ required: true, description: `When it was published, ${instant}.` }),
    authors: t.field({ type: [AuthorInput], description: 'All authors, in order.' }),
    authorCount: t.int({ description: 'How many authors it has, where their names are not known.' }),
    upvotes: t.int({ description: 'How many upvotes it has on Hugging Face.' }),
    commentCount: t.int({ description: 'How many comments it has on Hugging Face.' }),
    githubStars: t.int({ description: 'How many stars its repository has.' }),
    organization: t.field({ type: OrganizationInput, description: 'The organization it is from.' }),
    aiSummary: t.string({ description: 'A summary written by a model.' }),
    aiSummaryModel: t.string({ description: 'Which model wrote it.' }),
    keywords: t.stringList({ description: 'Its keywords, up to 100.' }),
    githubRepo: t.string({
      description: 'The address of its code, like `https://github.com/deepseek-ai/DeepSeek-R1`.',
    }),
    githubRepoAddedBy: t.string({ description: 'Who linked the code: `user`, `auto` or `admin`.' }),
    projectPage: t.string({ description: 'The address of its project.' }),
    thumbnailUrl: t.string({ description: 'The address of a small picture of it.' }),
    mediaUrls: t.stringList({ description: 'Addresses of images and videos, up to 100.' }),
    discussionId: t.string({ description: 'The id of its discussion on Hugging Face.' }),
    authorParticipating: t.boolean({ description: 'Whether an author takes part in the discussion.' }),
    doi: t.string({ description: 'Its DOI, like `10.1145/3600006.3613165`.' }),
    journalRef: t.string({ description: 'Where it appeared, like `Nature 645, 633-638 (2025)`.' }),
    comment: t.string({ description: "The authors' comment on arXiv, like the number of pages." }),
    primaryCategory: t.string({ description: 'Its first arXiv category, like `cs.LG`.' }),
    categories: t.stringList({ description: 'All its arXiv categories, like `["cs.LG", "stat.ML"]`.' }),
    arxivVersion: t.int({ description: 'The newest version on arXiv, from 1.' }),
    revisedAt: t.string({ description: `When \`arxivVersion\` appeared, ${instant}.` }),
    withdrawnAt: t.string({ description: `When its authors withdrew it, ${instant}.` }),
    listing: t.field({ type: ListingInput, description: 'An edition that lists it.' }),
  }),
})
