import { authorsUsed, type Related, relatedByPaperIds } from '../db/related.ts'
import { Author } from './author.ts'
import { batched } from './core/batch.ts'
import { builder } from './core/builder.ts'
import { firstArgument, listSizeByFirst } from './core/paging.ts'
import { Keyword } from './keyword.ts'
import { Paper, referredPaper } from './paper.ts'

const most = 20

const RelatedPaperRef = builder.objectRef<Related>('RelatedPaper').implement({
  description: 'A related paper, with what it has in common with the first paper.',
  fields: (t) => ({
    paper: t.field({
      type: Paper,
      description: 'The related paper.',
      resolve: ({ related_id }, _args, context, info) => referredPaper(related_id, context, info),
    }),
    score: t.exposeFloat('score', {
      description:
        'The strength of the relation: `sharedKeywords` / sqrt(1 + keywords of the first paper) + 2 * `sharedAuthors` / sqrt(1 + authors of the first paper) + 10 * the text rank of the related paper for the words of the first title.',
    }),
    sharedKeywords: t.field({
      type: [Keyword],
      extensions: { bound: 'the keywords of one paper' },
      listSize: { assumedSize: 3 },
      description: 'The keywords of both papers.',
      resolve: ({ keyword_keys }) => keyword_keys.map((key) => ({ key })),
    }),
    sharedAuthors: t.field({
      type: [Author],
      extensions: { bound: 'the authors of one paper' },
      listSize: { assumedSize: 3 },
      description: `The authors of both papers, among the first ${authorsUsed} authors of the first paper.`,
      resolve: ({ author_names }) => author_names.map((name) => ({ name })),
    }),
    sharedWords: t.exposeBoolean('by_text', {
      description: 'Whether the related paper contains words of the first title.',
    }),
  }),
})

builder.objectFields(Paper, (t) => ({
  related: t.field({
    type: [RelatedPaperRef],
    extensions: { columns: ['id'], bound: most },
    listSize: listSizeByFirst(5),
    description:
      'Papers related by keywords, authors or words, highest score first. Candidates are the 200 papers with the most in common, among the most recently stored papers of each keyword and author, and the 200 newest papers that contain the two longest words of the title.',
    args: {
      first: t.arg.int(firstArgument('papers to return', 5, most)),
    },
    resolve: async ({ id }, { first }, context) => {
      const related = await batched(context, `related ${first}`, id, (ids) =>
        relatedByPaperIds(context.db, ids, first),
      )
      return related ?? []
    },
  }),
}))
