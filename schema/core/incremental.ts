import {
  DirectiveLocation,
  GraphQLBoolean,
  GraphQLDirective,
  GraphQLInt,
  GraphQLNonNull,
  GraphQLSchema,
  GraphQLString,
} from 'graphql'

const label = {
  type: GraphQLString,
  description: 'The name of the part in the response; unique within the document.',
}

const given = {
  type: new GraphQLNonNull(GraphQLBoolean),
  defaultValue: true,
  description: 'Whether to apply the directive.',
}

const defer = new GraphQLDirective({
  name: 'defer',
  description:
    'Delivers this fragment in a later part of the response, to clients that accept `multipart/mixed` or `text/event-stream`. Other clients, and operations that select `feedPosition`, receive one complete response.',
  locations: [DirectiveLocation.FRAGMENT_SPREAD, DirectiveLocation.INLINE_FRAGMENT],
  args: { if: given, label },
})

/** `@stream`, for those who have to read its arguments. */
export const streamDirective = new GraphQLDirective({
  name: 'stream',
  description:
    'Delivers the rest of this list in later parts of the response, under the same conditions as `@defer`.',
  locations: [DirectiveLocation.FIELD],
  args: {
    if: given,
    label,
    initialCount: {
      type: GraphQLInt,
      defaultValue: 0,
      description: 'The number of items in the first part.',
    },
  },
})

/** The schema for a transport that can send an answer in parts. Clients' compilers know the directives from it. */
export function withIncrementalDelivery(schema: GraphQLSchema): GraphQLSchema {
  const config = schema.toConfig()
  return new GraphQLSchema({ ...config, directives: [...config.directives, defer, streamDirective] })
}
