import type { PaperColumn } from '../db/papers.ts'
import { Keyword } from './keyword.ts'
import { Organization } from './organization.ts'
import { Paper } from './paper.ts'

/** Told to the planner: a list of papers reads these columns where the field is selected. */
const reads = (...columns: PaperColumn[]) => ({ extensions: { columns } })

Paper.implement({
  description:
    'A work, whatever number of sources describe it. Titles and abstracts are plain text: LaTeX and angle brackets in them are meant literally.',
  fields: (t) => ({
    arxivId: t.exposeString('arxiv_id', {
      ...reads('arxiv_id'),
      nullable: true,
      description:
        'The arXiv id without a version, e.g. `2505.11711`. Null until a source that knows it was read.',
    }),
    title: t.exposeString('title', { ...reads('title'), description: 'The title on one line.' }),
    abstract: t.exposeString('abstract', {
      ...reads('abstract'),
      nullable: true,
      description: 'The abstract in one paragraph. Null where no source has told it.',
    }),
    publishedAt: t.expose('published_at', {
      ...reads('published_at'),
      type: 'DateTime',
      description: 'When its first version appeared; midnight UTC where the source tells only the day.',
    }),
    publishedOn: t.expose('published_on', {
      ...reads('published_on'),
      type: 'Date',
      description: 'The UTC day of `publishedAt`. Not the day of an edition: see `listings`.',
    }),
    withdrawnAt: t.expose('withdrawn_at', {
      ...reads('withdrawn_at'),
      type: 'DateTime',
      nullable: true,
      description: 'When its authors withdrew it. Null for nearly all papers.',
    }),
    authorCount: t.exposeInt('author_count', {
      ...reads('author_count'),
      description:
        'How many authors it has, as the source says; some sources tell the number and no names. 0 where none has told.',
    }),
    upvotes: t.exposeInt('upvotes', {
      ...reads('upvotes'),
      description: 'Upvotes on Hugging Face when last observed; 0 where no source has told them.',
    }),
    commentCount: t.exposeInt('comment_count', {
      ...reads('comment_count'),
      description: 'Comments on its Hugging Face page when last observed; 0 where no source has told them.',
    }),
    organization: t.field({
      ...reads('organization_name'),
      type: Organization,
      nullable: true,
      description: 'The organization it is shown under on Hugging Face. Null where there is none.',
      resolve: ({ organization_name }) => organization_name,
    }),
    aiSummary: t.exposeString('ai_summary', {
      ...reads('ai_summary'),
      nullable: true,
      description: 'One sentence by a language model. Null where there is none.',
    }),
    aiSummaryModel: t.exposeString('ai_summary_model', {
      ...reads('ai_summary_model'),
      nullable: true,
      description:
        'The model that wrote `aiSummary`, e.g. `Qwen/Qwen2.5-Coder-32B-Instruct`. Null where it is not told.',
    }),
    aiKeywords: t.exposeStringList('keywords', {
      extensions: { columns: ['keywords'], bound: 'what a source lists for one paper: about ten' },
      description:
        'Keywords by a language model, spelled and ordered as the source has them, e.g. `["Chain-of-Thought", "KV cache"]`. Empty where there are none.',
    }),
    keywords: t.field({
      type: [Keyword],
      listSize: { assumedSize: 10 },
      extensions: { columns: ['keyword_keys'], bound: 'what a source lists for one paper: about ten' },
      description:
        '`aiKeywords` as nodes, one for all spellings, through which the papers of a keyword are found.',
      resolve: ({ keyword_keys }) => keyword_keys.map((key) => ({ key })),
    }),
    githubRepo: t.expose('github_repo', {
      ...reads('github_repo'),
      type: 'URL',
      nullable: true,
      description:
        'The repository of its code, e.g. `https://github.com/deepseek-ai/DeepSeek-R1`. Null where none is linked.',
    }),
    githubStars: t.exposeInt('github_stars', {
      ...reads('github_stars'),
      nullable: true,
      description: 'Stars of `githubRepo` when last observed. Null where they are not told.',
    }),
    githubRepoAddedBy: t.exposeString('github_repo_added_by', {
      ...reads('github_repo_added_by'),
      nullable: true,
      description:
        'Who linked `githubRepo`, as Hugging Face says: `user`, `auto` or `admin` so far. Null where it is not told.',
    }),
    projectPage: t.expose('project_page', {
      ...reads('project_page'),
      type: 'URL',
      nullable: true,
      description: 'The page of its project. Null where none is linked.',
    }),
    thumbnailUrl: t.expose('thumbnail_url', {
      ...reads('thumbnail_url'),
      type: 'URL',
      nullable: true,
      description: 'An image of its first page, for cards. Null where there is none.',
    }),
    mediaUrls: t.expose('media_urls', {
      type: ['URL'],
      extensions: { columns: ['media_urls'], bound: 'what its submitter uploaded: 15 at most so far' },
      description: 'Images and videos that were uploaded with it.',
    }),
    authorParticipating: t.exposeBoolean('author_participating', {
      ...reads('author_participating'),
      nullable: true,
      description: 'Whether an author takes part in the discussion. Null where it is not told.',
    }),
    doi: t.exposeString('doi', {
      ...reads('doi'),
      nullable: true,
      description:
        'The DOI of the published version, e.g. `10.1145/3600006.3613165`. Null where arXiv knows none.',
    }),
    journalRef: t.exposeString('journal_ref', {
      ...reads('journal_ref'),
      nullable: true,
      description:
        'Where it was published, as arXiv says, e.g. `Nature 645, 633-638 (2025)`. Null where it does not.',
    }),
    comment: t.exposeString('comment', {
      ...reads('comment'),
      nullable: true,
      description:
        "The authors' comment on arXiv, e.g. `12 pages, accepted at NeurIPS 2026`. Null where there is none.",
    }),
    primaryCategory: t.exposeString('primary_category', {
      ...reads('primary_category'),
      nullable: true,
      description: 'Its first arXiv category, e.g. `cs.LG`. Null until arXiv was read.',
    }),
    categories: t.exposeStringList('categories', {
      extensions: { columns: ['categories'], bound: 'the categories of one paper on arXiv: a handful' },
      description: 'All its arXiv categories, e.g. `["cs.LG", "stat.ML"]`. Empty until arXiv was read.',
    }),
    arxivVersion: t.exposeInt('arxiv_version', {
      ...reads('arxiv_version'),
      nullable: true,
      description: 'The number of its newest version on arXiv, from 1. Null until arXiv was read.',
    }),
    revisedAt: t.expose('revised_at', {
      ...reads('revised_at'),
      type: 'DateTime',
      nullable: true,
      description: 'When its newest version on arXiv appeared. Null until arXiv was read.',
    }),
    firstListedOn: t.expose('first_listed_on', {
      ...reads('first_listed_on'),
      type: 'Date',
      nullable: true,
      description: 'The first edition that lists it. Null where none does.',
    }),
    lastListedOn: t.expose('last_listed_on', {
      ...reads('last_listed_on'),
      type: 'Date',
      nullable: true,
      description: 'The last edition that lists it. Null where none does.',
    }),
    ingestedAt: t.expose('ingested_at', {
      ...reads('ingested_at'),
      type: 'DateTime',
      description: 'When this server first stored it.',
    }),
    updatedAt: t.expose('updated_at', {
      ...reads('updated_at'),
      type: 'DateTime',
      description: 'When this server last stored something new about it.',
    }),
  }),
})
