import {
  type CoAuthor,
  coAuthoredPapers,
  coAuthorsOf,
  countedPapers,
  papersPerYear,
  type YearCount,
} from '../db/stats.ts'
import { Account } from './account.ts'
import { Author } from './author.ts'
import { batched } from './core/batch.ts'
import { builder } from './core/builder.ts'
import type { Context } from './core/context.ts'
import { firstArgument, listSizeByFirst } from './core/paging.ts'
import { Keyword } from './keyword.ts'
import { Organization } from './organization.ts'

const mostCoAuthors = 50

const YearCountRef = builder.objectRef<YearCount>('YearCount').implement({
  description: 'The number of papers published in one year.',
  fields: (t) => ({
    year: t.exposeInt('year', { description: 'The year.' }),
    papers: t.exposeInt('papers', { description: 'The number of papers published in that year.' }),
  }),
})

/** `owner` is what the object is called in the description. */
function perYear(owner: string, counted = 'most recently stored') {
  return {
    type: [YearCountRef] as [typeof YearCountRef],
    extensions: { bound: 'the years since its first paper', cost: 3 },
    listSize: { assumedSize: 10 },
    description: `The number of papers per year of publication, newest year first. Covers the ${countedPapers} ${counted} papers of the ${owner}.`,
  }
}

builder.objectFields(Author, (t) => ({
  papersPerYear: t.field({
    ...perYear('author'),
    resolve: ({ name }, _args, context) => years('author', name, context),
  }),
  coAuthors: t.field({
    type: [CoAuthorRef],
    extensions: { bound: mostCoAuthors, cost: 20 },
    listSize: listSizeByFirst(10),
    description: `The authors who share the most papers with this one, most shared papers first. Covers the ${coAuthoredPapers} most recently stored papers of this author.`,
    args: {
      first: t.arg.int(firstArgument('co-authors to return', 10, mostCoAuthors)),
    },
    resolve: async ({ name }, { first }, context) => {
      const found = await batched(context, `co-authors ${first}`, name, (names) =>
        coAuthorsOf(context.db, names, first),
      )
      return found ?? []
    },
  }),
}))

const CoAuthorRef = builder.objectRef<CoAuthor>('CoAuthor').implement({
  description: 'A co-author, with the number of shared papers.',
  fields: (t) => ({
    author: t.field({ type: Author, description: 'The co-author.', resolve: ({ name }) => ({ name }) }),
    papers: t.exposeInt('papers', { description: 'The number of papers with both names.' }),
  }),
})

builder.objectField(Organization, 'papersPerYear', (t) =>
  t.field({
    ...perYear('organization', 'newest'),
    resolve: ({ name }, _args, context) => years('organization', name, context),
  }),
)
builder.objectField(Keyword, 'papersPerYear', (t) =>
  t.field({ ...perYear('keyword'), resolve: ({ key }, _args, context) => years('keyword', key, context) }),
)
builder.objectField(Account, 'papersPerYear', (t) =>
  t.field({ ...perYear('account'), resolve: ({ name }, _args, context) => years('account', name, context) }),
)

async function years(
  kind: Parameters<typeof papersPerYear>[1],
  key: string,
  context: Context,
): Promise<YearCount[]> {
  const found = await batched(context, `years of ${kind}`, key, (keys) =>
    papersPerYear(context.db, kind, keys),
  )
  return found ?? []
}
