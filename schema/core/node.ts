import { resolveNodes } from '@pothos/plugin-relay'
import { type GraphQLSchema, isObjectType } from 'graphql'
import { builder } from './builder.ts'
import { BadInputError, type InputPath } from './errors.ts'
import { malformedId, parseGlobalId } from './ids.ts'
import { maximumPageSize } from './paging.ts'

builder.queryFields((t) => ({
  node: t.field({
    tag: 'relay',
    type: builder.nodeInterfaceRef(),
    nullable: true,
    description: 'Looks up an object by its global id. Null if not found.',
    args: { id: t.arg.id({ required: true, description: 'The `id` of an object that this API returned.' }) },
    resolve: async (_root, { id }, context, info) => {
      const [node] = await resolveNodes(builder, context, info, [nodeId(id, ['id'], info.schema)])
      return node
    },
  }),
  nodes: t.field({
    tag: 'relay',
    extensions: { lengthOf: 'ids' },
    listSize: { assumedSize: maximumPageSize },
    type: [builder.nodeInterfaceRef()],
    nullable: { list: false, items: true },
    description:
      'Looks up several objects by their global ids, in the order of `ids`, with null in place of an unknown one.',
    args: {
      ids: t.arg.idList({
        required: true,
        description: `The global ids: at most ${maximumPageSize}. Duplicates are allowed.`,
        validate: { maxLength: [maximumPageSize, { message: `pass at most ${maximumPageSize} ids.` }] },
      }),
    },
    resolve: (_root, { ids }, context, info) =>
      resolveNodes(
        builder,
        context,
        info,
        ids.map((id, index) => nodeId(id, ['ids', index], info.schema)),
      ),
  }),
}))

/** Throws for what `node` cannot read: no id at all, a type that is no node, a key that the type cannot have. */
function nodeId(globalId: string, path: InputPath, schema: GraphQLSchema): { typename: string; id: unknown } {
  const parsed = parseGlobalId(globalId)
  const type = parsed && schema.getType(parsed.typename)
  if (!parsed || !isObjectType(type) || !type.getInterfaces().some(({ name }) => name === 'Node'))
    throw malformedId(globalId, path)
  const { pothosParseGlobalID: parse } = type.extensions as { pothosParseGlobalID?: (key: string) => unknown }
  try {
    return { typename: parsed.typename, id: parse ? parse(parsed.id) : parsed.id }
  } catch (error) {
    throw error instanceof BadInputError ? malformedId(globalId, path) : error
  }
}
