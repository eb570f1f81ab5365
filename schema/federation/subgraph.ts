import { type GraphQLSchema, isObjectType } from 'graphql'
import { builder } from '../core/builder.ts'
import type { UsedDirectives } from '../core/federation-directives.ts'
import { entities } from './entities.ts'
import './references.ts'

/**
 * The lowest version that has every directive used here: 2.9 brought `@cost` and `@listSize`; all else is older.
 * A higher one would shut out gateways and registries without a gain. Left out on purpose: `@cacheControl`, a
 * directive of one server that no gateway reads (they read the header of our answers), `@cacheTag` (2.12), for which
 * somebody would have to tell the gateway's cache of each reading of a source, and `@inaccessible`: whatever may be
 * asked here may be asked through a gateway. Contracts can leave parts out by their `@tag`: `operations`, of those
 * who run this server, and `relay`, the root fields `node` and `nodes`, which only one subgraph can answer.
 */
const link = {
  url: 'https://specs.apollo.dev/federation/v2.9',
  import: ['@cost', '@key', '@listSize', '@shareable', '@tag'],
}

/** What the builder has collected, as a subgraph: with `_entities` and `_service`. */
export function toSubgraph(): GraphQLSchema {
  const schema = builder.toSchema({ extensions: { directives: { link } satisfies UsedDirectives } })
  for (const { type, keys } of entities) declareKeys(schema, type.name, keys)
  const fields = schema.getQueryType()?.getFields() ?? {}
  // What only gateways ask comes last, in the schema as in playgrounds.
  for (const name of ['_entities', '_service']) {
    const { [name]: field } = fields
    delete fields[name]
    if (field) fields[name] = field
  }
  return schema
}

function declareKeys(schema: GraphQLSchema, typename: string, keys: readonly string[]): void {
  const type = schema.getType(typename)
  if (!isObjectType(type)) throw new TypeError(`${typename} is not an object type.`)
  const directives: UsedDirectives = {
    ...(type.extensions.directives as UsedDirectives),
    key: keys.map((fields) => ({ fields })),
  }
  type.extensions = { ...type.extensions, directives }
}
