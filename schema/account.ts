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
      description: 'The display name. Null if unknown.',
    }),
    avatarUrl: t.expose('avatar_url', {
      type: 'URL',
      nullable: true,
      description: 'The address of the avatar image. Null if unknown.',
    }),
    url: t.field({
      type: 'URL',
      description: 'The page on Hugging Face.',
      resolve: ({ name }) => `https://huggingface.co/${encodeURIComponent(name)}`,
    }),
    isPro: t.exposeBoolean('is_pro', {
      nullable: true,
      description: 'Whether the account has a PRO subscription. Null if unknown.',
    }),
    isHf: t.exposeBoolean('is_hf', {
      nullable: true,
      description: 'Whether the account belongs to Hugging Face staff. Null if unknown.',
    }),
    isMod: t.exposeBoolean('is_mod', {
      nullable: true,
      description: 'Whether the account is a moderator on Hugging Face. Null if unknown.',
    }),
    followerCount: t.exposeInt('follower_count', {
      nullable: true,
      description: 'The number of followers when last observed. Null if unknown.',
    }),
    papers: t.connection(
      {
        type: Paper,
        extensions: { cost: 1 },
        description: 'Papers with an author who is linked to this account.',
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
    description: 'Looks up a Hugging Face account by user name. Null if not found.',
    args: {
      name: t.arg.string({
        required: true,
        description: 'The user name, case-sensitive. Example: `akhaliq`.',
        validate: nameArgument,
      }),
    },
    resolve: (_root, { name }) => name.trim(),
  }),
}))
