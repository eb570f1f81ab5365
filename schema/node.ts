import { resolveNodes } from '@pothos/plugin-relay'
import { type GraphQLSchema, isObjectType } from 'graphql'
import { builder } from './builder.ts'
import type { InputPath } from './errors.ts'
import { malformedId, type NodeId, parseGlobalId } from './ids.ts'
import { maximumPageSize } from './paging.ts'

builder.queryFields((t) => ({
  node: t.field({
    type: builder.nodeInterfaceRef(),
    nullable: true,
    description: 'Whatever has this global id; null where nothing has it any more.',
    args: { id: t.arg.id({ required: true, description: 'The `id` of an object that this API gave you.' }) },
    resolve: async (_root, { id }, context, info) => {
      const [node] = await resolveNodes(builder, context, info, [nodeId(id, ['id'], info.schema)])
      return node
    },
  }),
  nodes: t.field({
    type: [builder.nodeInterfaceRef()],
    nullable: { list: false, items: true },
    description: 'Several by their global ids, in the order of the ids; null in the place of an unknown one.',
    args: {
      ids: t.arg.idList({
        required: true,
        description: `Up to ${maximumPageSize} global ids. One may stand there twice.`,
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

/** Throws for an id of a type that `node` cannot read, as for one that is no id at all. */
function nodeId(globalId: string, path: InputPath, schema: GraphQLSchema): NodeId {
  const id = parseGlobalId(globalId)
  const type = id && schema.getType(id.typename)
  if (!id || !isObjectType(type) || !type.getInterfaces().some(({ name }) => name === 'Node'))
    throw malformedId(globalId, path)
  return id
}
