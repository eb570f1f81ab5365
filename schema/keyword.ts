import { keywordKey } from '../db/model/text.ts'
import { keywordsByKeys } from '../db/people.ts'
import { builder } from './core/builder.ts'
import { nameArgument } from './core/inputs.ts'
import { orderArgument, ownedPapers } from './owned.ts'
import { Paper, PaperConnection } from './paper.ts'

export const Keyword = builder.loadableNodeRef('Keyword', {
  id: { resolve: (keyword: { key: string }) => keyword.key },
  load: (keys: string[], { db }) => keywordsByKeys(db, keys),
  sort: (keyword) => keyword.key,
})

Keyword.implement({
  description:
    'A keyword of papers. Spellings that differ only in case are the same keyword, e.g. `Chain-of-Thought` and `chain-of-thought`.',
  fields: (t) => ({
    key: t.exposeString('key', {
      description: 'The keyword in lower case, which identifies it, e.g. `chain-of-thought`.',
    }),
    papers: t.connection(
      {
        type: Paper,
        extensions: { cost: 10 },
        description: 'Papers with this keyword.',
        args: { order: t.arg(orderArgument) },
        resolve: ({ key }, args, context, info) => ownedPapers('keyword', key, args, context, info),
      },
      PaperConnection,
    ),
  }),
})

builder.queryFields((t) => ({
  keyword: t.field({
    type: Keyword,
    nullable: true,
    description: 'Looks up a keyword. Null if no paper has it.',
    args: {
      key: t.arg.string({
        required: true,
        description: 'The keyword; case is ignored. Example: `Chain-of-Thought`.',
        validate: nameArgument,
      }),
    },
    resolve: (_root, { key }) => keywordKey(key),
  }),
}))
