import { type GraphQLSchema, isObjectType } from 'graphql'
import type { PaperChanges } from '../../db/feed/events.ts'
import { builder } from '../core/builder.ts'
import type { ReadsColumns } from '../core/plan.ts'

export interface ChangedField {
  field: string
  before: unknown
  after: unknown
}

export const PaperChange = builder.objectRef<ChangedField>('PaperChange').implement({
  description: 'A changed field of a paper.',
  fields: (t) => ({
    field: t.exposeString('field', {
      description:
        'The name of the field as in `Paper`, e.g. `upvotes` or `title`; or `discussionId`, as in `PaperInput`.',
    }),
    before: t.expose('before', {
      type: 'JSON',
      nullable: true,
      description: 'The value before the change: a string, number, boolean, list of strings, or null.',
    }),
    after: t.expose('after', {
      type: 'JSON',
      nullable: true,
      description: 'The value after the change: of the same type, or null.',
    }),
  }),
})

/** The changes under the names that the schema gives the columns. */
export function changedFields(changed: PaperChanges, schema: GraphQLSchema): ChangedField[] {
  const names = fieldNames(schema)
  return Object.entries(changed).map(([column, change]) => ({
    field: names.get(column) ?? camelCase(column),
    before: change.before ?? null,
    after: change.after ?? null,
  }))
}

const cache = new WeakMap<GraphQLSchema, ReadonlyMap<string, string>>()

/** Which field of `Paper` shows a column: the one that reads it alone. */
function fieldNames(schema: GraphQLSchema): ReadonlyMap<string, string> {
  let names = cache.get(schema)
  if (!names) {
    const found = new Map<string, string>()
    const type = schema.getType('Paper')
    for (const field of isObjectType(type) ? Object.values(type.getFields()) : []) {
      const { columns } = field.extensions as ReadsColumns
      const [column] = columns ?? []
      if (column && columns?.length === 1 && !found.has(column)) found.set(column, field.name)
    }
    names = found
    cache.set(schema, names)
  }
  return names
}

function camelCase(column: string): string {
  return column.replace(/_(\w)/g, (_match, letter: string) => letter.toUpperCase())
}
