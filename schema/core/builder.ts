import SchemaBuilder from '@pothos/core'
import DataloaderPlugin from '@pothos/plugin-dataloader'
import RelayPlugin from '@pothos/plugin-relay'
import ScopeAuthPlugin from '@pothos/plugin-scope-auth'
import type { AccessRole } from '../../db/access-tables.ts'
import { type Connection, rejectFirstWithLast } from './connection.ts'
import type { Context } from './context.ts'
import { decodeGlobalId, encodeGlobalId } from './ids.ts'
import { connectionSize, countedAtMost, pagingArguments } from './paging.ts'
import './federation-directives.ts'
import './resolvers.ts'
import { allows, declaredRole, refusalOf } from './rights.ts'
import { DateScalar, DateTimeScalar, FeedCursorScalar, JsonScalar, UrlScalar } from './scalars.ts'
import { inputError } from './validation.ts'

interface SchemaTypes {
  AuthScopes: Record<AccessRole, boolean>
  Connection: Pick<Connection<unknown>, 'count' | 'nodes'>
  Context: Context
  DefaultFieldNullability: false
  DefaultEdgesNullability: false
  DefaultNodeNullability: false
  Scalars: {
    Date: { Input: string; Output: string }
    DateTime: { Input: Date; Output: Date | string }
    FeedCursor: { Input: string; Output: string }
    ID: { Input: string; Output: string | number }
    JSON: { Input: unknown; Output: unknown }
    URL: { Input: string; Output: string }
    _Any: { Input: unknown; Output: unknown }
  }
}

/** The one builder. Fields are non-null by default: a nullable field says so, and its description says when it is null. */
export const builder = new SchemaBuilder<SchemaTypes>({
  // The first one wraps all others: rights before arguments.
  plugins: [ScopeAuthPlugin, 'validateOnce', 'idsAtOnce', RelayPlugin, DataloaderPlugin, 'federation'],
  defaultFieldNullability: false,
  zod: { validationError: inputError },
  scopeAuth: {
    authScopes: ({ viewer }) => ({
      read: allows(viewer, 'read'),
      gateway: allows(viewer, 'gateway'),
      ingest: allows(viewer, 'ingest'),
      admin: allows(viewer, 'admin'),
    }),
    unauthorizedError: (_parent, { viewer }, { parentType, fieldName }, { message }) => {
      const field = parentType.getFields()[fieldName]
      return (field && refusalOf(viewer, declaredRole(field))) ?? message
    },
  },
  relay: {
    cursorType: 'String',
    encodeGlobalID: encodeGlobalId,
    decodeGlobalID: decodeGlobalId,
    nodeQueryOptions: false,
    nodesQueryOptions: false,
    idFieldOptions: {
      description: 'The global id: opaque, unique across types, and stable. Pass it to `node`.',
    },
    nodeTypeOptions: {
      description: 'An object with a global id, by which `node` can fetch it again.',
    },
    pageInfoTypeOptions: {
      shareable: true, // every subgraph with Relay connections has it
      description: 'The position of a page in its list, as Relay defines it.',
    },
    hasNextPageFieldOptions: { description: 'Whether more items follow `endCursor`.' },
    hasPreviousPageFieldOptions: { description: 'Whether more items precede `startCursor`.' },
    startCursorFieldOptions: {
      description:
        'The cursor of the first edge. Pass it as `before` to page backward. Null if the page is empty.',
    },
    endCursorFieldOptions: {
      description:
        'The cursor of the last edge. Pass it as `after` to page forward. Null if the page is empty.',
    },
    pageInfoFieldOptions: {
      extensions: { property: 'pageInfo' },
      description: 'The position of this page in the list.',
    },
    edgesFieldOptions: {
      extensions: { property: 'edges' },
      nullable: false,
      description: 'The items of this page in order, each with its cursor.',
    },
    nodesOnConnection: {
      extensions: { property: 'nodes' },
      description: 'The items of this page in order, without cursors.',
    },
    nodeFieldOptions: { extensions: { property: 'node' }, nullable: false, description: 'The item.' },
    cursorFieldOptions: {
      type: 'String',
      description: 'The cursor of this item. Pass it as `after` or `before`.',
    },
    ...pagingArguments,
    defaultConnectionFieldOptions: { validate: rejectFirstWithLast, listSize: connectionSize },
  },
})

builder.addScalarType('Date', DateScalar)
builder.addScalarType('DateTime', DateTimeScalar)
builder.addScalarType('FeedCursor', FeedCursorScalar)
builder.addScalarType('JSON', JsonScalar)
builder.addScalarType('URL', UrlScalar)

builder.globalConnectionField('totalCount', (t) =>
  t.int({
    cost: 10, // counts up to as many rows as it can say
    extensions: { cost: 2 },
    description: `The number of items in the whole list, counted up to ${countedAtMost}: ${countedAtMost} means "${countedAtMost} or more".`,
    resolve: (connection) => connection.count(),
  }),
)

builder.queryType({ description: 'Read operations.' })
