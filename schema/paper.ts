import { arxivIdOf } from '../db/model/arxiv-id.ts'
import { type PaperColumn, type PaperFields, papersByArxivIds, papersByIds } from '../db/papers.ts'
import { batched } from './core/batch.ts'
import { builder } from './core/builder.ts'
import type { Context } from './core/context.ts'
import { BadInputError } from './core/errors.ts'
import { globalIdFor, integerKey } from './core/ids.ts'
import { rejectFirstWithLast } from './core/paging.ts'
import { columnsKey, paperColumnsBelow } from './core/plan.ts'
import { filterOf, PaperFilterInput } from './filter.ts'
import { PaperOrderEnum, rootPapers } from './paper-order.ts'

export const Paper = builder.loadableNodeRef('Paper', {
  id: { resolve: (paper: PaperFields) => paper.id, parse: integerKey },
  load: (ids: number[], { db }) => papersByIds(db, ids),
  sort: (paper) => paper.id,
})

export const PaperConnection = builder.connectionObject(
  { type: Paper, name: 'PaperConnection', description: 'A page of a list of papers.' },
  { name: 'PaperEdge', description: 'A paper in a list.' },
)

builder.queryFields((t) => ({
  paper: t.field({
    type: Paper,
    nullable: true,
    description: 'One paper, by its global id or by its arXiv id; null where it is not here.',
    args: {
      id: t.arg.id({ description: 'The global id of the paper.' }),
      arxivId: t.arg.string({
        description:
          'The arXiv id in whatever form it is at hand: `2505.11711`, `2505.11711v2`, `arXiv:2505.11711`, `https://arxiv.org/abs/2505.11711`, `https://huggingface.co/papers/2505.11711`. A version does not matter: the paper is the same.',
        validate: {
          refine: [
            (text) => arxivIdOf(text) !== undefined,
            {
              message: 'this is no arXiv id; write one like "2505.11711" or paste the address of the paper.',
            },
          ],
        },
      }),
    },
    validate: [
      ({ id, arxivId }) => (id == null) !== (arxivId == null),
      { message: 'pass either `id` or `arxivId`.', path: ['id'] },
    ],
    resolve: (_root, { id, arxivId }, context, info) => {
      const wanted = paperColumnsBelow(info, [])
      return id != null
        ? paperById(integerKey(globalIdFor('Paper', id)), wanted, context)
        : paperByArxivId(arxivIdGiven(arxivId), wanted, context)
    },
  }),
  papers: t.connection(
    {
      type: Paper,
      description: 'Papers in the order asked for.',
      args: {
        filter: t.arg({
          type: PaperFilterInput,
          description: 'Only papers like this. Leave it out for all.',
        }),
        order: t.arg({
          type: PaperOrderEnum,
          required: true,
          defaultValue: 'NEWEST',
          description: 'In which order.',
        }),
        asOf: t.arg({
          type: 'DateTime',
          description:
            'For the order TRENDING: what was trending at this instant. Asked again tomorrow, it gives the same answer: it rests on what sources had told by then. Only `filter` looks at the papers as they are now. Leave it out for now. Example: `2026-06-12T12:00:00Z`.',
        }),
      },
      validate: {
        refine: [
          rejectFirstWithLast,
          [
            ({ order, asOf }) => asOf == null || order === 'TRENDING',
            { message: 'only the order TRENDING is of a moment; leave it out.', path: ['asOf'] },
          ],
        ],
      },
      resolve: (_root, { filter, order, asOf, ...args }, context, info) =>
        rootPapers({ filter: filterOf(filter), order, asOf }, args, context, info),
    },
    PaperConnection,
  ),
}))

type Wanted = ReadonlySet<PaperColumn> | undefined

function paperById(id: number, wanted: Wanted, context: Context): Promise<PaperFields | undefined> {
  return batched(context, `paper ${columnsKey(wanted)}`, id, async (ids) => {
    const papers = await papersByIds(context.db, ids, wanted)
    return new Map(papers.map((paper) => [paper.id, paper]))
  })
}

function paperByArxivId(id: string, wanted: Wanted, context: Context): Promise<PaperFields | undefined> {
  const columns = wanted && new Set<PaperColumn>([...wanted, 'arxiv_id'])
  return batched(context, `paper of arXiv ${columnsKey(columns)}`, id, async (ids) => {
    const papers = await papersByArxivIds(context.db, ids, columns)
    return new Map(papers.map((paper) => [paper.arxiv_id ?? '', paper]))
  })
}

function arxivIdGiven(text: string | null | undefined): string {
  const id = arxivIdOf(text ?? '')
  if (id === undefined) throw new BadInputError('pass either `id` or `arxivId`.', ['arxivId'])
  return id
}
