import type { PaperColumn } from '../db/papers.ts'
import { longText } from './core/cost.ts'
import { Keyword } from './keyword.ts'
import { Organization, organizationOrName } from './organization.ts'
import { Paper } from './paper.ts'

/** Told to the planner: a list of papers reads these columns where the field is selected. */
const reads = (...columns: PaperColumn[]) => ({ extensions: { columns } })
const readsText = (column: PaperColumn) => ({ extensions: { columns: [column], cost: longText } })

Paper.implement({
  description:
    'A paper, merged from all sources that describe it. Titles and abstracts are plain text: LaTeX and angle brackets in them are literal.',
  fields: (t) => ({
    arxivId: t.exposeString('arxiv_id', {
      ...reads('arxiv_id'),
      nullable: true,
      description: 'The arXiv id without a version, e.g. `2505.11711`. Null if unknown.',
    }),
    title: t.exposeString('title', { ...reads('title'), description: 'The title, as one line.' }),
    abstract: t.exposeString('abstract', {
      ...readsText('abstract'),
      nullable: true,
      description: 'The abstract, as one paragraph. Null if unknown.',
    }),
    publishedAt: t.expose('published_at', {
      ...reads('published_at'),
      type: 'DateTime',
      description: 'When the first version was published; midnight UTC if the source reports only the day.',
    }),
    publishedOn: t.expose('published_on', {
      ...reads('published_on'),
      type: 'Date',
      description: 'The UTC day of `publishedAt`. For the days of editions, see `listings`.',
    }),
    withdrawnAt: t.expose('withdrawn_at', {
      ...reads('withdrawn_at'),
      type: 'DateTime',
      nullable: true,
      description: 'When the authors withdrew the paper. Null if they did not.',
    }),
    authorCount: t.exposeInt('author_count', {
      ...reads('author_count'),
      description: 'The number of authors; 0 if unknown. Some sources report the number without the names.',
    }),
    upvotes: t.exposeInt('upvotes', {
      ...reads('upvotes'),
      description: 'The number of upvotes on Hugging Face when last observed; 0 if unknown.',
    }),
    commentCount: t.exposeInt('comment_count', {
      ...reads('comment_count'),
      description: 'The number of comments on Hugging Face when last observed; 0 if unknown.',
    }),
    organization: t.field({
      ...reads('organization_name'),
      type: Organization,
      nullable: true,
      description: 'The organization under which Hugging Face shows the paper. Null if there is none.',
      resolve: ({ organization_name }, _args, context) => organizationOrName(context, organization_name),
    }),
    aiSummary: t.exposeString('ai_summary', {
      ...readsText('ai_summary'),
      nullable: true,
      description: 'A one-sentence summary by a language model. Null if there is none.',
    }),
    aiSummaryModel: t.exposeString('ai_summary_model', {
      ...reads('ai_summary_model'),
      nullable: true,
      description:
        'The model that wrote `aiSummary`, e.g. `Qwen/Qwen2.5-Coder-32B-Instruct`. Null if unknown.',
    }),
    aiKeywords: t.exposeStringList('keywords', {
      extensions: { columns: ['keywords'], bound: 'what a source lists for one paper: about ten' },
      description:
        'Keywords by a language model, in the spelling and order of the source, e.g. `["Chain-of-Thought", "KV cache"]`. Empty if there are none.',
    }),
    keywords: t.field({
      type: [Keyword],
      listSize: { assumedSize: 10 },
      extensions: { columns: ['keyword_keys'], bound: 'what a source lists for one paper: about ten' },
      description:
        '`aiKeywords` as nodes, each with the papers that share the keyword. Spellings that differ only in case are one node.',
      resolve: ({ keyword_keys }) => keyword_keys.map((key) => ({ key })),
    }),
    githubRepo: t.expose('github_repo', {
      ...reads('github_repo'),
      type: 'URL',
      nullable: true,
      description:
        'The code repository, e.g. `https://github.com/deepseek-ai/DeepSeek-R1`. Null if none is linked.',
    }),
    githubStars: t.exposeInt('github_stars', {
      ...reads('github_stars'),
      nullable: true,
      description: 'The number of stars of `githubRepo` when last observed. Null if unknown.',
    }),
    githubRepoAddedBy: t.exposeString('github_repo_added_by', {
      ...reads('github_repo_added_by'),
      nullable: true,
      description:
        'Who linked `githubRepo`, as Hugging Face reports it: `user`, `auto` or `admin` so far. Null if unknown.',
    }),
    projectPage: t.expose('project_page', {
      ...reads('project_page'),
      type: 'URL',
      nullable: true,
      description: 'The project page. Null if none is linked.',
    }),
    thumbnailUrl: t.expose('thumbnail_url', {
      ...reads('thumbnail_url'),
      type: 'URL',
      nullable: true,
      description: 'An image of the first page, for cards. Null if there is none.',
    }),
    mediaUrls: t.expose('media_urls', {
      type: ['URL'],
      extensions: { columns: ['media_urls'], bound: 'what its submitter uploaded: 15 at most so far' },
      description: 'The images and videos uploaded with the paper.',
    }),
    authorParticipating: t.exposeBoolean('author_participating', {
      ...reads('author_participating'),
      nullable: true,
      description: 'Whether an author takes part in the discussion on Hugging Face. Null if unknown.',
    }),
    doi: t.exposeString('doi', {
      ...reads('doi'),
      nullable: true,
      description: 'The DOI of the published version, e.g. `10.1145/3600006.3613165`. Null if unknown.',
    }),
    journalRef: t.exposeString('journal_ref', {
      ...reads('journal_ref'),
      nullable: true,
      description:
        'The journal reference, as given on arXiv, e.g. `Nature 645, 633-638 (2025)`. Null if unknown.',
    }),
    comment: t.exposeString('comment', {
      ...reads('comment'),
      nullable: true,
      description:
        "The authors' comment on arXiv, e.g. `12 pages, accepted at NeurIPS 2026`. Null if there is none.",
    }),
    primaryCategory: t.exposeString('primary_category', {
      ...reads('primary_category'),
      nullable: true,
      description: 'The primary arXiv category, e.g. `cs.LG`. Null if unknown.',
    }),
    categories: t.exposeStringList('categories', {
      extensions: { columns: ['categories'], bound: 'the categories of one paper on arXiv: a handful' },
      description: 'All arXiv categories, e.g. `["cs.LG", "stat.ML"]`. Empty if unknown.',
    }),
    arxivVersion: t.exposeInt('arxiv_version', {
      ...reads('arxiv_version'),
      nullable: true,
      description: 'The number of the newest version on arXiv, from 1. Null if unknown.',
    }),
    revisedAt: t.expose('revised_at', {
      ...reads('revised_at'),
      type: 'DateTime',
      nullable: true,
      description: 'When the newest version on arXiv appeared. Null if unknown.',
    }),
    firstListedOn: t.expose('first_listed_on', {
      ...reads('first_listed_on'),
      type: 'Date',
      nullable: true,
      description: 'The day of the first edition that lists the paper. Null if none does.',
    }),
    lastListedOn: t.expose('last_listed_on', {
      ...reads('last_listed_on'),
      type: 'Date',
      nullable: true,
      description: 'The day of the last edition that lists the paper. Null if none does.',
    }),
    ingestedAt: t.expose('ingested_at', {
      ...reads('ingested_at'),
      type: 'DateTime',
      description: 'When this server first stored the paper.',
    }),
    updatedAt: t.expose('updated_at', {
      ...reads('updated_at'),
      type: 'DateTime',
      description: 'When this server last stored a change to the paper.',
    }),
    textChangedAt: t.field({
      ...reads('text_changed_at', 'ingested_at'),
      type: 'DateTime',
      description:
        'When this server last stored a change to the title, the abstract or the withdrawal; `ingestedAt` if it never did.',
      resolve: ({ text_changed_at, ingested_at }) => text_changed_at ?? ingested_at,
    }),
  }),
})
