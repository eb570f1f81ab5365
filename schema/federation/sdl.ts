import { getDocumentNodeFromSchema } from '@graphql-tools/utils'
import { type DefinitionNode, type GraphQLSchema, Kind, print } from 'graphql'

/** What gateways alone see: no part of the SDL that a subgraph hands out (Federation subgraph specification). */
const machinery = new Set(['_Any', '_Entity', '_Service', '_entities', '_service'])

/** The SDL of a subgraph: with its federation directives, and without what federation adds to each. */
export function printSubgraph(schema: GraphQLSchema): string {
  const { kind, definitions } = getDocumentNodeFromSchema(schema)
  const own = definitions.flatMap((definition) => ownPart(definition) ?? [])
  return `${print({ kind, definitions: own })}\n`
}

function ownPart(definition: DefinitionNode): DefinitionNode | undefined {
  // Those of federation come by `@link`; others, as `@defer`, are of this server.
  if (definition.kind === Kind.DIRECTIVE_DEFINITION) return undefined
  // Root types have their usual names, and the description is of this graph alone.
  if (definition.kind === Kind.SCHEMA_DEFINITION)
    return {
      kind: Kind.SCHEMA_EXTENSION,
      ...(definition.directives && { directives: definition.directives }),
    }
  if ('name' in definition && definition.name && machinery.has(definition.name.value)) return undefined
  if (definition.kind !== Kind.OBJECT_TYPE_DEFINITION) return definition
  return { ...definition, fields: definition.fields?.filter(({ name }) => !machinery.has(name.value)) ?? [] }
}

/** Of the schema that is served: it is printed when somebody asks. */
let printed: { readonly schema: GraphQLSchema; readonly sdl: string } | undefined

export function sdlOf(schema: GraphQLSchema): string {
  if (printed?.schema !== schema) printed = { schema, sdl: printSubgraph(schema) }
  return printed.sdl
}
