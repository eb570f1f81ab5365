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
        'The strength of the relation: (T + K / 5 + R / 2) * (1 + A / 10 + O / 20 + E / 50) + A / 1000. T is the share of the terms of the first paper that the other has, from 0 to 1 and above if it weighs them more, a rare term counting more than a common one, and one of the title more than one of the abstract (BM25F); K is the same share of its keywords; R, O and E are 1 for the same repository, organization and edition; A is the number of shared authors, 3 at most. So authors lift a paper that shares the subject, and come last where nothing else is shared.',
    }),
    sharedTerms: t.exposeStringList('terms', {
      extensions: { bound: 'the 22 terms that are stored of a paper' },
      description:
        'The terms of the titles and abstracts of both papers, those that count most first, at most 22. They are stems, as search compares them: `spars` of "sparse" and "sparsity".',
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
    sharedWords: t.boolean({
      description:
        'Whether both titles or abstracts have a word in common that tells something of their subject.',
      resolve: ({ terms }) => terms.length > 0,
    }),
    sameRepository: t.exposeBoolean('same_repository', {
      description: 'Whether the code of both papers is in the same repository.',
    }),
    sameOrganization: t.exposeBoolean('same_organization', {
      description: 'Whether both papers are of the same organization.',
    }),
    sameEdition: t.exposeBoolean('same_edition', {
      description: 'Whether an edition lists both papers.',
    }),
  }),
})

builder.objectFields(Paper, (t) => ({
  related: t.field({
    type: [RelatedPaperRef],
    extensions: { columns: ['id'], bound: most, cost: 15 },
    listSize: listSizeByFirst(5),
    description:
      'Returns the papers on the same subject, highest score first. Candidates are the papers in which the terms of this paper count most, and the most recently stored papers of its keywords, its authors and its repository. Withdrawn papers are not returned.',
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
