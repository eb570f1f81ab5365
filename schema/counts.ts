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
import { listSizeByFirst } from './core/paging.ts'
import { Keyword } from './keyword.ts'
import { Organization } from './organization.ts'

const mostCoAuthors = 50
const sentence = `pass a whole number from 1 to ${mostCoAuthors}.`

const YearCountRef = builder.objectRef<YearCount>('YearCount').implement({
  description: 'How many papers were published in a year.',
  fields: (t) => ({
    year: t.exposeInt('year', { description: 'The year.' }),
    papers: t.exposeInt('papers', { description: 'The papers published in it.' }),
  }),
})

const perYear = {
  type: [YearCountRef] as [typeof YearCountRef],
  extensions: { bound: 'the years since its first paper' },
  description: yearsOf('papers stored last'),
}

function yearsOf(counted: string): string {
  return `Its papers per year of publication, the newest year first; of the ${countedPapers} ${counted}, if there are more.`
}

builder.objectFields(Author, (t) => ({
  papersPerYear: t.field({
    ...perYear,
    resolve: ({ name }, _args, context) => years('author', name, context),
  }),
  coAuthors: t.field({
    type: [CoAuthorRef],
    extensions: { bound: mostCoAuthors },
    listSize: listSizeByFirst(10),
    description: `With whom it stands on most papers; of the ${coAuthoredPapers} papers stored last, if there are more.`,
    args: {
      first: t.arg.int({
        required: true,
        defaultValue: 10,
        description: `How many: 1 to ${mostCoAuthors}.`,
        validate: {
          type: 'number',
          min: [1, { message: sentence }],
          max: [mostCoAuthors, { message: sentence }],
        },
      }),
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
  description: 'Somebody with whom an author wrote papers.',
  fields: (t) => ({
    author: t.field({ type: Author, description: 'The other author.', resolve: ({ name }) => ({ name }) }),
    papers: t.exposeInt('papers', { description: 'How many papers have both names.' }),
  }),
})

builder.objectField(Organization, 'papersPerYear', (t) =>
  t.field({
    ...perYear,
    description: yearsOf('newest papers'),
    resolve: ({ name }, _args, context) => years('organization', name, context),
  }),
)
builder.objectField(Keyword, 'papersPerYear', (t) =>
  t.field({ ...perYear, resolve: ({ key }, _args, context) => years('keyword', key, context) }),
)
builder.objectField(Account, 'papersPerYear', (t) =>
  t.field({ ...perYear, resolve: ({ name }, _args, context) => years('account', name, context) }),
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
