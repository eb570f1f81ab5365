import { accountsByNames } from '../db/people.ts'
import type { AccountRow } from '../db/tables.ts'
import { builder } from './core/builder.ts'
import { nameArgument } from './core/inputs.ts'
import { orderArgument, ownedPapers } from './owned.ts'
import { Paper, PaperConnection } from './paper.ts'

export const Account = builder.loadableNodeRef('Account', {
  id: { resolve: (account: AccountRow) => account.name },
  load: (names: string[], { db }) => accountsByNames(db, names),
  sort: (account) => account.name,
})

Account.implement({
  description: 'A Hugging Face user who submitted a paper or is linked to an author.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'The user name, unique on Hugging Face, e.g. `akhaliq`.' }),
    fullName: t.exposeString('full_name', {
      nullable: true,
      description: 'The name it shows. Null where no source has told it.',
    }),
    avatarUrl: t.expose('avatar_url', {
      type: 'URL',
      nullable: true,
      description: 'Its picture. Null where no source has told it.',
    }),
    url: t.field({
      type: 'URL',
      description: 'Its page on Hugging Face.',
      resolve: ({ name }) => `https://huggingface.co/${encodeURIComponent(name)}`,
    }),
    isPro: t.exposeBoolean('is_pro', {
      nullable: true,
      description: 'Whether it has a paid plan. Null where no source has told.',
    }),
    isHf: t.exposeBoolean('is_hf', {
      nullable: true,
      description: 'Whether it belongs to the staff of Hugging Face. Null where no source has told.',
    }),
    isMod: t.exposeBoolean('is_mod', {
      nullable: true,
      description: 'Whether it moderates there. Null where no source has told.',
    }),
    followerCount: t.exposeInt('follower_count', {
      nullable: true,
      description: 'Its followers when last observed. Null where no source has told.',
    }),
    papers: t.connection(
      {
        type: Paper,
        description: 'Papers that it is linked to as an author.',
        args: { order: t.arg(orderArgument) },
        resolve: ({ name }, args, context, info) => ownedPapers('account', name, args, context, info),
      },
      PaperConnection,
    ),
  }),
})

builder.queryFields((t) => ({
  account: t.field({
    type: Account,
    nullable: true,
    description: 'A Hugging Face account by its user name; null where it is not here.',
    args: {
      name: t.arg.string({
        required: true,
        description: 'The user name, capitals included. Example: `akhaliq`.',
        validate: nameArgument,
      }),
    },
    resolve: (_root, { name }) => name.trim(),
  }),
}))
