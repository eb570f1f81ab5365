import { anEntry } from './upstream-data.ts'

const author = {
  _id: '61942296d5c2ba6daa290357',
  name: 'ada',
  fullname: 'Ada L.',
  avatarUrl: '/avatars/a.svg',
  isPro: false,
}

/** As `GET /api/papers/{id}?field=comments` has answered since July 2026. */
export function alone(id: string, date: string) {
  const { paper } = anEntry({ id, date })
  return {
    ...paper,
    linkedModels: [
      {
        ...{
          author: 'meta-llama',
          authorData: { name: 'meta-llama', type: 'org' },
          gated: 'manual',
          private: false,
        },
        ...{ downloads: 146_356, id: 'meta-llama/Llama-Guard-3-8B', likes: 311, repoType: 'model' },
        ...{
          lastModified: '2024-10-11T14:52:47.000Z',
          pipeline_tag: 'text-generation',
          numParameters: 8_030_261_248,
        },
      },
      { id: 'bad name with spaces' },
      { id: 'hidden/one', private: true },
    ],
    numTotalModels: 72,
    linkedDatasets: [{ id: 'org/data', likes: 5, downloads: 42, repoType: 'dataset' }],
    numTotalDatasets: 15,
    linkedSpaces: [
      { id: 'nanotron/ultrascale-playbook', emoji: '🌌', running: true, shortDescription: 'A guide' },
    ],
    numTotalSpaces: 324,
    comments: [
      {
        ...{ id: 'c1', type: 'comment', author, createdAt: '2026-06-16T10:00:00.000Z' },
        data: {
          edited: true,
          hidden: false,
          latest: { raw: '**Great**\n\nwork\u202e' },
          reactions: [{ reaction: '👍', count: 2 }],
        },
      },
      {
        ...{ id: 'c2', type: 'comment', author, createdAt: '2026-06-16T11:00:00.000Z' },
        data: { hidden: false, latest: { raw: 'Thanks' }, parentCommentId: 'c1' },
      },
      {
        ...{ id: 'c3', type: 'comment', author, createdAt: '2026-06-16T12:00:00.000Z' },
        data: { hidden: true, latest: { raw: 'spam' } },
      },
      { ...{ id: 'c4', type: 'status-change', author, createdAt: '2026-06-16T12:00:00.000Z' }, data: {} },
    ],
  }
}

/** What a client asks of it. */
export const question = `query ($id: String!) {
  paper(arxivId: $id) {
    linkedModels { kind name url likes downloads task updatedAt }
    linkedModelCount
    linkedDatasets { name url }
    linkedDatasetCount
    linkedSpaces { name url description }
    linkedSpaceCount
    comments { id author { name fullName } text createdAt edited replyTo reactionCount }
    detailsReadAt
  }
}`

/** The answer to `question` after `alone` was read, without the time. */
export const told = {
  linkedModels: [
    {
      ...{
        kind: 'MODEL',
        name: 'meta-llama/Llama-Guard-3-8B',
        url: 'https://huggingface.co/meta-llama/Llama-Guard-3-8B',
      },
      ...{ likes: 311, downloads: 146_356, task: 'text-generation', updatedAt: '2024-10-11T14:52:47.000Z' },
    },
  ],
  linkedModelCount: 72,
  linkedDatasets: [{ name: 'org/data', url: 'https://huggingface.co/datasets/org/data' }],
  linkedDatasetCount: 15,
  linkedSpaces: [
    {
      name: 'nanotron/ultrascale-playbook',
      url: 'https://huggingface.co/spaces/nanotron/ultrascale-playbook',
      description: 'A guide',
    },
  ],
  linkedSpaceCount: 324,
  comments: [
    {
      ...{ id: 'c1', author: { name: 'ada', fullName: 'Ada L.' }, text: '**Great**\n\nwork' },
      ...{ createdAt: '2026-06-16T10:00:00.000Z', edited: true, replyTo: null, reactionCount: 2 },
    },
    {
      ...{ id: 'c2', author: { name: 'ada', fullName: 'Ada L.' }, text: 'Thanks' },
      ...{ createdAt: '2026-06-16T11:00:00.000Z', edited: false, replyTo: 'c1', reactionCount: 0 },
    },
  ],
}
