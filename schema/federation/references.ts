import { GraphQLScalarType } from 'graphql'
import { builder } from '../core/builder.ts'
import { BadInputError } from '../core/errors.ts'
import { type Entity, entities } from './entities.ts'
import { sdlOf } from './sdl.ts'

/** What gateways ask of a subgraph, as the Federation subgraph specification names it. */

builder.addScalarType(
  '_Any',
  new GraphQLScalarType({
    name: '_Any',
    description: 'A reference to an object: its `__typename` and the fields of one of its keys.',
  }),
)

const EntityUnion = builder.unionType('_Entity', {
  description: 'The types that other subgraphs can reference.',
  types: entities.map(({ type }) => type),
  resolveType: (entity) => (entity as { __typename: string }).__typename,
})

const Service = builder.objectRef<object>('_Service').implement({
  description: 'The description of this subgraph, for gateways.',
  fields: (t) => ({
    sdl: t.string({
      nullable: true,
      description: 'The SDL of this subgraph, with its federation directives. Never null.',
      resolve: (_service, _args, _context, { schema }) => sdlOf(schema),
    }),
  }),
})

builder.queryFields((t) => ({
  _entities: t.field({
    type: [EntityUnion],
    nullable: { list: false, items: true },
    description:
      'Looks up objects by their keys, for gateways: in the order of `representations`, with null in place of an unknown one.',
    args: {
      representations: t.arg({
        type: ['_Any'],
        required: true,
        description:
          'References to objects: each has a `__typename` and the fields of one of its keys, e.g. `{__typename: "Paper", arxivId: "2505.11711"}`.',
      }),
    },
    extensions: { lengthOf: 'representations' },
    // An unknown key gives null, a malformed one an error in its place alone.
    resolve: (_query, { representations }, context, info) =>
      representations.map(async (representation) => {
        const { type, resolveReference } = referenceTo(representation)
        const found = await resolveReference(representation as object, context, info)
        return found ? { ...found, __typename: type.name } : null
      }),
  }),
  _service: t.field({
    type: Service,
    description: 'Describes this subgraph, for gateways.',
    resolve: () => ({}),
  }),
}))

const byTypename = new Map(entities.map((entity) => [entity.type.name, entity]))

function referenceTo(representation: unknown): Entity {
  const typename =
    typeof representation === 'object' && representation !== null && '__typename' in representation
      ? representation.__typename
      : undefined
  if (typeof typename !== 'string')
    throw new BadInputError('A representation must be an object with a `__typename` and a key of that type.')
  const entity = byTypename.get(typename)
  if (!entity)
    throw new BadInputError(
      `${JSON.stringify(typename)} is not an entity of this subgraph; entities have \`@key\` in its SDL.`,
    )
  return entity
}
