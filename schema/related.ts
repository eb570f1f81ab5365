import { authorsUsed, type Related, relatedByPaperIds } from '../db/related.ts'
import { Author } from './author.ts'
import { batched } from './core/batch.ts'
import { builder } from './core/builder.ts'
import { listSizeByFirst } from './core/paging.ts'
import { Keyword } from './keyword.ts'
import { Paper, referredPaper } from './paper.ts'

const most = 20
const sentence = `pass a whole number from 1 to ${most}.`

const RelatedPaperRef = builder.objectRef<Related>('RelatedPaper').implement({
  description: 'A paper that has something in common with another one, and what.',
  fields: (t) => ({
    paper: t.field({
      type: Paper,
      description: 'The other paper.',
      resolve: ({ related_id }, _args, context, info) => referredPaper(related_id, context, info),
    }),
    score: t.exposeFloat('score', {
      description:
        'How much: 1 for each shared keyword and 2 for each of `sharedAuthors`, divided by the root of 1 + how many the first paper has, and ten times how well the other matches the words of its title.',
    }),
    sharedKeywords: t.field({
      type: [Keyword],
      extensions: { bound: 'the keywords of one paper' },
      description: 'Keywords that both have.',
      resolve: ({ keyword_keys }) => keyword_keys.map((key) => ({ key })),
    }),
    sharedAuthors: t.field({
      type: [Author],
      extensions: { bound: 'the authors of one paper' },
      description: `Authors that both have, of the first ${authorsUsed} of the first paper.`,
      resolve: ({ author_names }) => author_names.map((name) => ({ name })),
    }),
    sharedWords: t.exposeBoolean('by_text', {
      description: 'Whether words of the title stand in the other paper.',
    }),
  }),
})

builder.objectFields(Paper, (t) => ({
  related: t.field({
    type: [RelatedPaperRef],
    extensions: { columns: ['id'], bound: most },
    listSize: listSizeByFirst(5),
    description:
      'Papers that are related by keywords, authors or words, the closest first. Considered are, of the newest papers of each keyword and author, the 200 with most in common, and the 200 newest with the two longest words of the title.',
    args: {
      first: t.arg.int({
        required: true,
        defaultValue: 5,
        description: `How many: 1 to ${most}.`,
        validate: { type: 'number', min: [1, { message: sentence }], max: [most, { message: sentence }] },
      }),
    },
    resolve: async ({ id }, { first }, context) => {
      const related = await batched(context, `related ${first}`, id, (ids) =>
        relatedByPaperIds(context.db, ids, first),
      )
      return related ?? []
    },
  }),
}))
