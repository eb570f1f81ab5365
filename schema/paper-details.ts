import type { StoredComment } from '../db/detail-tables.ts'
import {
  type LinkedRepository as Linked,
  mostComments,
  mostLinked,
  mostSites,
} from '../db/model/paper-detail.ts'
import {
  detailsByPaperIds,
  type PaperDetailRow,
  type PaperVoteRow,
  votesByPaperIds,
} from '../db/paper-details.ts'
import { Account } from './account.ts'
import { batched } from './core/batch.ts'
import { builder } from './core/builder.ts'
import type { Context } from './core/context.ts'
import { longText } from './core/cost.ts'
import { Paper } from './paper.ts'

const kinds = {
  MODEL: { path: '', list: 'models', count: 'model_count' },
  DATASET: { path: 'datasets/', list: 'datasets', count: 'dataset_count' },
  SPACE: { path: 'spaces/', list: 'spaces', count: 'space_count' },
} as const
type Kind = keyof typeof kinds

const RepositoryKind = builder.enumType('RepositoryKind', {
  description: 'The kinds of repositories on Hugging Face.',
  values: {
    MODEL: { description: 'The weights of a model.' },
    DATASET: { description: 'A dataset.' },
    SPACE: { description: 'A Space: an application that runs on Hugging Face, often a demo.' },
  } satisfies Record<Kind, { description: string }>,
})

const LinkedRepository = builder.objectRef<Linked & { kind: Kind }>('LinkedRepository').implement({
  description: 'A model, a dataset or a Space on Hugging Face whose description links the paper.',
  fields: (t) => ({
    kind: t.expose('kind', { type: RepositoryKind, description: 'What it is.' }),
    name: t.exposeString('name', { description: 'The name with its owner, e.g. `deepseek-ai/DeepSeek-R1`.' }),
    url: t.field({
      type: 'URL',
      description: 'The page on Hugging Face.',
      resolve: ({ kind, name }) => `https://huggingface.co/${kinds[kind].path}${name}`,
    }),
    likes: t.exposeInt('likes', {
      nullable: true,
      description: 'The number of likes when last observed. Null if unknown.',
    }),
    downloads: t.exposeInt('downloads', {
      nullable: true,
      description: 'The number of downloads in the last month when last observed. Null if unknown.',
    }),
    task: t.exposeString('task', {
      nullable: true,
      description: 'What a model is for, e.g. `text-generation`. Null if unknown.',
    }),
    description: t.exposeString('description', {
      nullable: true,
      description: 'What a Space does, in a line. Null if unknown.',
    }),
    updatedAt: t.expose('updatedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When the repository last changed. Null if unknown.',
    }),
  }),
})

const PaperComment = builder.objectRef<StoredComment>('PaperComment').implement({
  description: 'A comment on the page of a paper on Hugging Face.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'The id on Hugging Face.' }),
    author: t.field({
      type: Account,
      nullable: true,
      description: 'Who wrote it. Null if unknown.',
      resolve: ({ author }) => author,
    }),
    text: t.exposeString('text', {
      extensions: { cost: longText },
      description: 'The text as Markdown, written by anybody: do not show it as HTML unchecked.',
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was written.' }),
    edited: t.exposeBoolean('edited', { description: 'Whether its author changed it later.' }),
    replyTo: t.exposeID('replyTo', {
      nullable: true,
      description: 'The `id` of the comment that it answers. Null if it answers the paper.',
    }),
    reactionCount: t.exposeInt('reactions', { description: 'The number of reactions, such as 👍.' }),
  }),
})

const SiteVotes = builder.objectRef<PaperVoteRow>('SiteVotes').implement({
  description: 'Votes for a paper on another site than Hugging Face.',
  fields: (t) => ({
    site: t.exposeString('site', { description: 'The name of the site, e.g. `alphaxiv`.' }),
    votes: t.exposeInt('votes', { description: 'The number of votes when last observed.' }),
    observedAt: t.expose('observed_at', {
      type: 'DateTime',
      description: 'When this number was first observed.',
    }),
  }),
})

const ofId = { columns: ['id'] }
/** As the bounds would have it, a page of papers would seem beyond any limit. */
const usually = { assumedSize: 5 }

builder.objectFields(Paper, (t) => {
  const linked = (kind: Kind, what: string) =>
    t.field({
      type: [LinkedRepository],
      extensions: { ...ofId, bound: mostLinked, cost: 0.05 },
      listSize: usually,
      description: `${what} that link the paper, in the order of Hugging Face: at most ${mostLinked}. Read for papers of the last days, so empty for others.`,
      resolve: async ({ id }, _args, context) => {
        const list = (await detailOf(id, context))?.[kinds[kind].list] ?? []
        return list.map((repository) => ({ ...repository, kind }))
      },
    })
  const counted = (kind: Kind, what: string) =>
    t.int({
      nullable: true,
      extensions: { ...ofId, cost: 0.05 },
      description: `The number of all ${what} that link the paper, when last observed. Null if unknown.`,
      resolve: async ({ id }, _args, context) => (await detailOf(id, context))?.[kinds[kind].count],
    })
  return {
    linkedModels: linked('MODEL', 'Models'),
    linkedModelCount: counted('MODEL', 'models'),
    linkedDatasets: linked('DATASET', 'Datasets'),
    linkedDatasetCount: counted('DATASET', 'datasets'),
    linkedSpaces: linked('SPACE', 'Spaces'),
    linkedSpaceCount: counted('SPACE', 'Spaces'),
    comments: t.field({
      type: [PaperComment],
      extensions: { ...ofId, bound: mostComments, cost: 0.05 },
      listSize: usually,
      description: `The comments on Hugging Face, oldest first: the newest ${mostComments}, without hidden ones. Read for papers of the last days, so empty for others; \`commentCount\` is known for all.`,
      resolve: async ({ id }, _args, context) => (await detailOf(id, context))?.comments ?? [],
    }),
    detailsReadAt: t.field({
      type: 'DateTime',
      nullable: true,
      extensions: { ...ofId, cost: 0.05 },
      description: 'When the linked repositories and the comments were last read. Null if they never were.',
      resolve: async ({ id }, _args, context) => (await detailOf(id, context))?.read_at,
    }),
    votes: t.loadableGroup({
      type: SiteVotes,
      extensions: { ...ofId, bound: mostSites, cost: 0.05 },
      listSize: { assumedSize: 2 },
      description: `Votes on other sites, as clients reported them with \`ingestPapers\`, most votes first: at most ${mostSites}. For those on Hugging Face, see \`upvotes\`.`,
      load: (ids: number[], { db }) => votesByPaperIds(db, ids),
      group: ({ paper_id }) => paper_id,
      resolve: ({ id }) => id,
    }),
  }
})

function detailOf(id: number, context: Context): Promise<PaperDetailRow | undefined> {
  return batched(context, 'details of papers', id, async (ids) => {
    const rows = await detailsByPaperIds(context.db, ids)
    return new Map(rows.map((row) => [row.paper_id, row]))
  })
}
