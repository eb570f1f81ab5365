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
  description: 'Names the part in the answer; no two in a document may be the same.',
}

const given = {
  type: new GraphQLNonNull(GraphQLBoolean),
  defaultValue: true,
  description: 'Whether to do so at all.',
}

const defer = new GraphQLDirective({
  name: 'defer',
  description:
    'Lets this fragment come in a later part of the answer, for clients that accept `multipart/mixed` or `text/event-stream`. Others get one whole answer, as does who asks `feedPosition`.',
  locations: [DirectiveLocation.FRAGMENT_SPREAD, DirectiveLocation.INLINE_FRAGMENT],
  args: { if: given, label },
})

/** `@stream`, for those who have to read its arguments. */
export const streamDirective = new GraphQLDirective({
  name: 'stream',
  description: 'Lets the rest of this list come in later parts of the answer, as with `@defer`.',
  locations: [DirectiveLocation.FIELD],
  args: {
    if: given,
    label,
    initialCount: {
      type: GraphQLInt,
      defaultValue: 0,
      description: 'How many items come with the first part.',
    },
  },
})

/** The schema for a transport that can send an answer in parts. Clients' compilers know the directives from it. */
export function withIncrementalDelivery(schema: GraphQLSchema): GraphQLSchema {
  const config = schema.toConfig()
  return new GraphQLSchema({ ...config, directives: [...config.directives, defer, streamDirective] })
}
