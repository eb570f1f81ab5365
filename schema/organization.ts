import { organizationsByNames } from '../db/people.ts'
import type { OrganizationRow } from '../db/tables.ts'
import { builder } from './core/builder.ts'
import type { Context } from './core/context.ts'
import { contextCache } from './core/context-cache.ts'
import { nameArgument } from './core/inputs.ts'
import { orderArgument, ownedPapers } from './owned.ts'
import { Paper, PaperConnection } from './paper.ts'

export const Organization = builder.loadableNodeRef('Organization', {
  id: { resolve: (organization: OrganizationRow) => organization.name },
  load: (names: string[], { db }) => organizationsByNames(db, names),
  sort: (organization) => organization.name,
})

const readBefore = contextCache(() => new Map<string, OrganizationRow>())

/** Reads organizations that a context will be asked for, so that nobody waits for them then. */
export async function readOrganizations(context: Context, names: Iterable<string>): Promise<void> {
  const known = readBefore(context)
  const missing = new Set(names).difference(known)
  if (missing.size === 0) return
  for (const row of await organizationsByNames(context.db, [...missing])) known.set(row.name, row)
}

/** The organization if it has been read before; else its name, by which it is loaded. */
export function organizationOrName(context: Context, name: string | null): OrganizationRow | string | null {
  return name === null ? null : (readBefore(context).get(name) ?? name)
}

Organization.implement({
  description: 'A Hugging Face organization under which papers are shown.',
  fields: (t) => ({
    name: t.exposeString('name', {
      description: 'The name in its address, unique on Hugging Face, e.g. `deepseek-ai`.',
    }),
    fullName: t.exposeString('full_name', {
      nullable: true,
      description: 'The display name, e.g. `DeepSeek`. Null if unknown.',
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
    papers: t.connection(
      {
        type: Paper,
        extensions: { cost: 10 },
        description: 'Papers shown under this organization.',
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
    description: 'Looks up an organization by name. Null if not found.',
    args: {
      name: t.arg.string({
        required: true,
        description: 'The name in its address, case-sensitive. Example: `deepseek-ai`.',
        validate: nameArgument,
      }),
    },
    resolve: (_root, { name }) => name.trim(),
  }),
}))
