import { organizationsByNames } from '../db/people.ts'
import type { OrganizationRow } from '../db/tables.ts'
import { builder } from './core/builder.ts'
import { nameArgument } from './core/inputs.ts'
import { orderArgument, ownedPapers } from './owned.ts'
import { Paper, PaperConnection } from './paper.ts'

export const Organization = builder.loadableNodeRef('Organization', {
  id: { resolve: (organization: OrganizationRow) => organization.name },
  load: (names: string[], { db }) => organizationsByNames(db, names),
  sort: (organization) => organization.name,
})

Organization.implement({
  description: 'An organization on Hugging Face under which papers are shown.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Its name in addresses, unique, e.g. `deepseek-ai`.' }),
    fullName: t.exposeString('full_name', {
      nullable: true,
      description: 'The name it shows, e.g. `DeepSeek`. Null where no source has told it.',
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
    papers: t.connection(
      {
        type: Paper,
        description: 'Papers shown under it.',
        args: { order: t.arg(orderArgument) },
        resolve: ({ name }, args, context, info) => ownedPapers('organization', name, args, context, info),
      },
      PaperConnection,
    ),
  }),
})

builder.queryFields((t) => ({
  organization: t.field({
    type: Organization,
    nullable: true,
    description: 'An organization by its name; null where it is not here.',
    args: {
      name: t.arg.string({
        required: true,
        description: 'Its name in addresses, capitals included. Example: `deepseek-ai`.',
        validate: nameArgument,
      }),
    },
    resolve: (_root, { name }) => name.trim(),
  }),
}))
