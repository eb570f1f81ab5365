import { foldSpace } from '../db/model/text.ts'
import { accountsByAuthors, authorsByNames, maxAccountsPerAuthor } from '../db/people.ts'
import { Account } from './account.ts'
import { batched } from './core/batch.ts'
import { builder } from './core/builder.ts'
import { nameArgument } from './core/inputs.ts'
import { orderArgument, ownedPapers } from './owned.ts'
import { Paper, PaperConnection } from './paper.ts'

export const Author = builder.loadableNodeRef('Author', {
  id: { resolve: (author: { name: string }) => author.name },
  load: (names: string[], { db }) => authorsByNames(db, names),
  sort: (author) => author.name,
})

Author.implement({
  description:
    'A name in the author lists of papers. Not a person: two people with the same name are one author, and one person with two spellings is two.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'The name as spelled on papers, e.g. `Geoffrey Hinton`.' }),
    papers: t.connection(
      {
        type: Paper,
        extensions: { cost: 1 },
        description: 'Papers with this name among their authors.',
        args: { order: t.arg(orderArgument) },
        resolve: ({ name }, args, context, info) => ownedPapers('author', name, args, context, info),
      },
      PaperConnection,
    ),
    accounts: t.field({
      type: [Account],
      extensions: { bound: maxAccountsPerAuthor, cost: 0.1 },
      listSize: { assumedSize: 2 }, // nearly every name has one account or none
      description: `Hugging Face accounts linked to this name on any paper, most papers first: at most ${maxAccountsPerAuthor}.`,
      resolve: async ({ name }, _args, context) => {
        const accounts = await batched(context, 'accounts of authors', name, async (names) =>
          Map.groupBy(await accountsByAuthors(context.db, names), (row) => row.author_name),
        )
        return accounts ?? []
      },
    }),
  }),
})

builder.queryFields((t) => ({
  author: t.field({
    type: Author,
    nullable: true,
    description: 'Looks up an author by name. Null if not found.',
    args: {
      name: t.arg.string({
        required: true,
        description:
          'The name exactly as spelled on papers, including accents and case; a run of spaces counts as one. Example: `Yann LeCun`.',
        validate: nameArgument,
      }),
    },
    resolve: (_root, { name }) => foldSpace(name),
  }),
}))
