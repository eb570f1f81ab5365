import { type GraphQLFieldResolver, type GraphQLSchema, graphqlSync, isObjectType } from 'graphql'
import { builder } from '../core/builder.ts'
import type { Context } from '../core/context.ts'
import { BadInputError } from '../core/errors.ts'

/**
 * The lowest version that has every directive used here: 2.9 brought `@cost` and `@listSize`; all else is older.
 * A higher one would shut out gateways and registries without a gain. Left out on purpose: `@cacheControl`, a
 * directive of one server that no gateway reads (they read the header of our answers), `@cacheTag` (2.12), for which
 * somebody would have to tell the gateway's cache of each reading of a source, and `@inaccessible`: whatever may be
 * asked here may be asked through a gateway. Contracts can leave parts out by their `@tag`: `operations`, of those
 * who run this server, and `relay`, the root fields `node` and `nodes`, which only one subgraph can answer.
 */
const federation = 'https://specs.apollo.dev/federation/v2.9'

/** Those that are used here. Without a list, the library builds the schema twice to find them. */
const federationDirectives = ['@cost', '@key', '@listSize', '@shareable', '@tag']

/** What the builder has collected, as a subgraph: with `_entities` and `_service`. */
export function toSubgraph(): GraphQLSchema {
  const schema = builder.toSubGraphSchema({ linkUrl: federation, federationDirectives })
  const fields = schema.getQueryType()?.getFields() ?? {}
  const { _entities: entities, _service: service } = fields
  // What only gateways ask comes last, in the schema as in playgrounds.
  for (const field of [entities, service]) {
    if (!field) continue
    delete fields[field.name]
    fields[field.name] = field
  }
  // The library's own resolver fails the whole batch for one bad representation.
  if (entities) {
    entities.resolve = eachEntity
    entities.extensions = { ...entities.extensions, lengthOf: 'representations' }
  }
  const [representations] = entities?.args ?? []
  const serviceType = schema.getType('_Service')
  const sdl = isObjectType(serviceType) ? serviceType.getFields().sdl : undefined
  for (const [what, description] of [
    [
      entities,
      'Looks up objects by their keys, for gateways: in the order of `representations`, with null in place of an unknown one.',
    ],
    [
      representations,
      'References to objects: each has a `__typename` and the fields of one of its keys, e.g. `{__typename: "Paper", arxivId: "2505.11711"}`.',
    ],
    [service, 'Describes this subgraph, for gateways.'],
    [schema.getType('_Any'), 'A reference to an object: its `__typename` and the fields of one of its keys.'],
    [schema.getType('_Entity'), 'The types that other subgraphs can reference.'],
    [serviceType, 'The description of this subgraph, for gateways.'],
    [sdl, 'The SDL of this subgraph, with its federation directives. Never null.'],
  ] as const)
    if (what) what.description = description
  return schema
}

/** What a registry or a composition is given: the SDL with its federation directives. */
export function printSubgraph(schema: GraphQLSchema): string {
  const { data } = graphqlSync({ schema, source: '{ _service { sdl } }' })
  return `${(data as { _service: { sdl: string } })._service.sdl.trim()}\n`
}

type ReferenceResolver = (
  representation: object,
  ...rest: [Context, Parameters<typeof eachEntity>[3]]
) => object | null | undefined | Promise<object | null | undefined>

/** In the order of the representations. An unknown key gives null, a malformed one an error in its place alone. */
const eachEntity: GraphQLFieldResolver<unknown, Context, { representations: readonly unknown[] }> = (
  _query,
  { representations },
  context,
  info,
) =>
  representations.map(async (representation) => {
    const { type, resolveReference } = referenceTo(representation, info.schema)
    const entity = await resolveReference(representation as object, context, info)
    return entity ? { ...entity, __typename: type } : null
  })

function referenceTo(representation: unknown, schema: GraphQLSchema) {
  const typename =
    typeof representation === 'object' && representation !== null && '__typename' in representation
      ? representation.__typename
      : undefined
  if (typeof typename !== 'string')
    throw new BadInputError('A representation must be an object with a `__typename` and a key of that type.')
  const type = schema.getType(typename)
  const resolveReference = isObjectType(type) && referenceResolver(type.extensions)
  if (!resolveReference)
    throw new BadInputError(
      `${JSON.stringify(typename)} is not an entity of this subgraph; entities have \`@key\` in its SDL.`,
    )
  return { type: typename, resolveReference }
}

function referenceResolver({ apollo }: { apollo?: { subgraph?: { resolveReference?: unknown } } }) {
  return apollo?.subgraph?.resolveReference as ReferenceResolver | undefined
}
