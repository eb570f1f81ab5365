import type { GraphQLResolveInfo } from 'graphql'
import { arxivIdOf } from '../db/model/arxiv-id.ts'
import { type PaperColumn, type PaperFields, type PaperKey, papersByKeys } from '../db/papers.ts'
import { batched } from './core/batch.ts'
import { builder } from './core/builder.ts'
import type { Context } from './core/context.ts'
import { BadInputError } from './core/errors.ts'
import { globalIdFor, integerKey } from './core/ids.ts'
import { columnsKey, paperColumnsBelow } from './core/plan.ts'

export const Paper = builder.objectRef<PaperFields>('Paper')
builder.nodeRef(Paper, {
  id: { resolve: ({ id }: PaperFields) => id, parse: integerKey, extensions: { columns: ['id'] } },
  loadWithoutCache: (id, context, info) => loadPaper(context, { id }, paperColumnsBelow(info, [])),
})

export const PaperConnection = builder.connectionObject(
  { type: Paper, name: 'PaperConnection', description: 'A page of papers.' },
  { name: 'PaperEdge', description: 'A paper in a list.' },
)

builder.queryFields((t) => ({
  paper: t.field({
    type: Paper,
    extensions: { cost: 0.3 },
    nullable: true,
    description: 'Looks up a paper by its global id or its arXiv id; pass one of them. Null if not found.',
    args: {
      id: t.arg.id({ description: 'The global id of the paper.' }),
      arxivId: t.arg.string({
        description:
          'The arXiv id, or an address with it: `2505.11711`, `2505.11711v2`, `arXiv:2505.11711`, `https://arxiv.org/abs/2505.11711`, `https://huggingface.co/papers/2505.11711`. The version is ignored.',
        validate: {
          refine: [
            (text) => arxivIdOf(text) !== undefined,
            {
              message: 'not an arXiv id; expected e.g. "2505.11711" or the address of the paper.',
            },
          ],
        },
      }),
    },
    validate: [
      ({ id, arxivId }) => (id == null) !== (arxivId == null),
      { message: 'pass either `id` or `arxivId`.', path: ['id'] },
    ],
    resolve: (_root, { id, arxivId }, context, info) =>
      loadPaper(
        context,
        id != null ? { id: integerKey(globalIdFor('Paper', id)) } : { arxivId: arxivIdGiven(arxivId) },
        paperColumnsBelow(info, []),
      ),
  }),
}))

/** A paper that a field asks for, and what the field reads of it: undefined for all of it. */
interface WantedPaper {
  readonly key: PaperKey
  readonly columns: ReadonlySet<PaperColumn> | undefined
}

/**
 * One paper by its id or its arXiv id; undefined if it is unknown. What all fields ask for at the same moment is
 * read with one statement, whichever field asks and by whichever key. A row may have more than the columns asked for.
 */
export function loadPaper(
  context: Context,
  key: PaperKey,
  columns: WantedPaper['columns'],
): Promise<PaperFields | undefined> {
  const read = async (wanted: readonly WantedPaper[]) => {
    const keys = wanted.map((each) => each.key)
    const papers = await papersByKeys(context.db, keys, columnsOfAll(wanted))
    const byKey = new Map<number | string | null, PaperFields>()
    for (const paper of papers) byKey.set(paper.id, paper).set(paper.arxiv_id, paper)
    return new Map(wanted.map((each) => [each, byKey.get(keyOf(each))]))
  }
  const cacheKey = (wanted: WantedPaper) => `${keyOf(wanted)} ${columnsKey(wanted.columns)}`
  return batched(context, 'paper', { key, columns }, read, cacheKey)
}

/** The paper that a row refers to by its id, with the columns that `info` selects. */
export async function referredPaper(
  id: number,
  context: Context,
  info: GraphQLResolveInfo,
): Promise<PaperFields> {
  const paper = await loadPaper(context, { id }, paperColumnsBelow(info, []))
  if (!paper) throw new Error(`The paper ${id} is gone.`)
  return paper
}

function keyOf({ key: { id, arxivId } }: WantedPaper): number | string {
  return id ?? arxivId
}

function columnsOfAll(wanted: readonly WantedPaper[]): WantedPaper['columns'] {
  const [only, ...others] = wanted
  // Sets that are known have their SQL already.
  if (others.length === 0 && only?.columns?.has('arxiv_id')) return only.columns
  const all = new Set<PaperColumn>()
  for (const { key, columns } of wanted) {
    if (!columns) return undefined
    for (const column of columns) all.add(column)
    if (key.arxivId !== undefined) all.add('arxiv_id')
  }
  return all
}

function arxivIdGiven(text: string | null | undefined): string {
  const id = arxivIdOf(text ?? '')
  if (id === undefined) throw new BadInputError('pass either `id` or `arxivId`.', ['arxivId'])
  return id
}
