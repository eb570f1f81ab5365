import { mostSites } from '../db/model/paper-detail.ts'
import { builder } from './core/builder.ts'

const instant = 'as an ISO 8601 instant, e.g. `2026-06-16T08:30:00Z`; a date alone means midnight UTC'

const AccountInput = builder.inputType('AccountInput', {
  description: 'A Hugging Face account in a submitted paper.',
  fields: (t) => ({
    name: t.string({ required: true, description: 'The user name.' }),
    hfId: t.string({ description: 'The id on Hugging Face.' }),
    fullName: t.string({ description: 'The display name.' }),
    avatarUrl: t.string({ description: 'The absolute address of the avatar image.' }),
    isPro: t.boolean({ description: 'Whether the account has a PRO subscription.' }),
    followerCount: t.int({ description: 'The number of followers.' }),
    isHf: t.boolean({ description: 'Whether the account belongs to Hugging Face staff.' }),
    isMod: t.boolean({ description: 'Whether the account is a moderator on Hugging Face.' }),
  }),
})

const OrganizationInput = builder.inputType('OrganizationInput', {
  description: 'A Hugging Face organization in a submitted paper.',
  fields: (t) => ({
    name: t.string({ required: true, description: 'The name in its address, e.g. `deepseek-ai`.' }),
    hfId: t.string({ description: 'The id on Hugging Face.' }),
    fullName: t.string({ description: 'The display name.' }),
    avatarUrl: t.string({ description: 'The absolute address of the avatar image.' }),
  }),
})

const AuthorInput = builder.inputType('AuthorInput', {
  description: 'An author of a paper.',
  fields: (t) => ({
    name: t.string({ required: true, description: 'The name as spelled on the paper.' }),
    account: t.field({ type: AccountInput, description: 'The Hugging Face account linked to the author.' }),
    claimStatus: t.string({
      description:
        'How `account` came to be linked, as Hugging Face writes it: `claimed_verified`, `admin_assigned`, `extracted_confirmed` or `extracted_pending`.',
    }),
    claimChangedAt: t.string({ description: `When \`claimStatus\` last changed, ${instant}.` }),
    hidden: t.boolean({ description: 'Whether the Hugging Face page hides this author.' }),
  }),
})

const ListingInput = builder.inputType('ListingInput', {
  description: 'A listing of the paper on an edition.',
  fields: (t) => ({
    date: t.string({ required: true, description: 'The day of the edition, e.g. `2026-06-16`.' }),
    submitter: t.field({ type: AccountInput, description: 'The account that submitted the paper.' }),
    submittedAt: t.string({ description: `When the paper was submitted, ${instant}.` }),
  }),
})

const SiteVotesInput = builder.inputType('SiteVotesInput', {
  description: 'Votes for a paper on another site than Hugging Face.',
  fields: (t) => ({
    site: t.string({
      required: true,
      description:
        'The name of the site: 1 to 50 lower-case letters, digits, dots and hyphens, e.g. `alphaxiv`.',
    }),
    votes: t.int({ required: true, description: 'The number of votes.' }),
  }),
})

export const PaperInput = builder.inputType('PaperInput', {
  description:
    'What a client knows about one paper. Omitted and null fields change nothing. Values from arXiv and Hugging Face take precedence over those from clients; counters take the newest observation. Each record is validated separately, so an invalid value rejects only that record.',
  fields: (t) => ({
    observedAt: t.string({ description: `When these values were observed, ${instant}. Default: now.` }),
    arxivId: t.string({
      description:
        'The arXiv id, e.g. `2505.11711`; the version is ignored. Without it, the paper is identified by title and day of publication.',
    }),
    title: t.string({ required: true, description: 'The title; line breaks become spaces.' }),
    abstract: t.string({ description: 'The abstract; line breaks become spaces.' }),
    publishedAt: t.string({
      required: true,
      description: `When the first version was published, ${instant}.`,
    }),
    authors: t.field({ type: [AuthorInput], description: 'All authors, in order.' }),
    authorCount: t.int({ description: 'The number of authors, if their names are unknown.' }),
    upvotes: t.int({ description: 'The number of upvotes on Hugging Face.' }),
    commentCount: t.int({ description: 'The number of comments on Hugging Face.' }),
    githubStars: t.int({ description: 'The number of stars of `githubRepo`.' }),
    organization: t.field({
      type: OrganizationInput,
      description: 'The organization under which Hugging Face shows the paper.',
    }),
    aiSummary: t.string({ description: 'A one-sentence summary by a language model.' }),
    aiSummaryModel: t.string({ description: 'The model that wrote `aiSummary`.' }),
    keywords: t.stringList({ description: 'The keywords by a language model: at most 100.' }),
    githubRepo: t.string({
      description: 'The address of the code repository, e.g. `https://github.com/deepseek-ai/DeepSeek-R1`.',
    }),
    githubRepoAddedBy: t.string({
      description: 'Who linked `githubRepo`, as Hugging Face reports it, e.g. `user`, `auto` or `admin`.',
    }),
    projectPage: t.string({ description: 'The address of the project page.' }),
    thumbnailUrl: t.string({ description: 'The address of an image of the first page.' }),
    mediaUrls: t.stringList({
      description: 'The addresses of images and videos uploaded with the paper: at most 100.',
    }),
    discussionId: t.string({ description: 'The id of the discussion on Hugging Face.' }),
    authorParticipating: t.boolean({
      description: 'Whether an author takes part in the discussion on Hugging Face.',
    }),
    doi: t.string({ description: 'The DOI of the published version, e.g. `10.1145/3600006.3613165`.' }),
    journalRef: t.string({ description: 'The journal reference, e.g. `Nature 645, 633-638 (2025)`.' }),
    comment: t.string({ description: "The authors' comment on arXiv, e.g. the number of pages." }),
    primaryCategory: t.string({ description: 'The primary arXiv category, e.g. `cs.LG`.' }),
    categories: t.stringList({ description: 'All arXiv categories, e.g. `["cs.LG", "stat.ML"]`.' }),
    arxivVersion: t.int({ description: 'The number of the newest version on arXiv, from 1.' }),
    revisedAt: t.string({ description: `When \`arxivVersion\` appeared, ${instant}.` }),
    withdrawnAt: t.string({ description: `When the authors withdrew the paper, ${instant}.` }),
    votes: t.field({
      type: [SiteVotesInput],
      description: `Votes on other sites than Hugging Face, one entry a site: at most ${mostSites}.`,
    }),
    listing: t.field({ type: ListingInput, description: 'An edition that lists the paper.' }),
  }),
})
