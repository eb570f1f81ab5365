import SchemaBuilder from '@pothos/core'
import DataloaderPlugin from '@pothos/plugin-dataloader'
import DirectivesPlugin from '@pothos/plugin-directives'
import FederationPlugin from '@pothos/plugin-federation'
import RelayPlugin from '@pothos/plugin-relay'
import ZodPlugin from '@pothos/plugin-zod'
import type { Context } from './context.ts'
import { decodeGlobalId, encodeGlobalId } from './ids.ts'
import { connectionSize, countedAtMost, pagingArguments, rejectFirstWithLast } from './paging.ts'
import { DateScalar, DateTimeScalar, FeedCursorScalar, JsonScalar, UrlScalar } from './scalars.ts'
import { inputError } from './validation.ts'

interface SchemaTypes {
  Connection: { count: () => Promise<number> }
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
  }
}

/** The one builder. Fields are non-null unless they say otherwise: a null has to be told and reasoned. */
export const builder = new SchemaBuilder<SchemaTypes>({
  plugins: [ZodPlugin, RelayPlugin, DataloaderPlugin, DirectivesPlugin, FederationPlugin],
  defaultFieldNullability: false,
  zod: { validationError: inputError },
  relay: {
    cursorType: 'String',
    encodeGlobalID: encodeGlobalId,
    decodeGlobalID: decodeGlobalId,
    nodeQueryOptions: false,
    nodesQueryOptions: false,
    idFieldOptions: {
      description: 'The global id: opaque, unique over all types, never changes. Pass it to `node`.',
    },
    nodeTypeOptions: {
      description: 'Whatever has a global id, and can be read again by it with `node`.',
    },
    pageInfoTypeOptions: {
      shareable: true, // every subgraph with Relay connections has it
      description: 'Where a page stands in its list, as Relay defines it.',
    },
    hasNextPageFieldOptions: { description: 'More follows after `endCursor`.' },
    hasPreviousPageFieldOptions: { description: 'More stands before `startCursor`.' },
    startCursorFieldOptions: {
      description: 'The cursor of the first edge: pass it as `before` to page back. Null on an empty page.',
    },
    endCursorFieldOptions: {
      description: 'The cursor of the last edge: pass it as `after` to page on. Null on an empty page.',
    },
    pageInfoFieldOptions: { description: 'Where this page stands in the list.' },
    edgesFieldOptions: {
      nullable: false,
      description: 'The items of this page in order, each with its cursor.',
    },
    nodesOnConnection: { description: 'The items of this page in order, where no cursor of each is needed.' },
    nodeFieldOptions: { nullable: false, description: 'The item.' },
    cursorFieldOptions: {
      type: 'String',
      description: 'Where this item stands: pass it as `after` or `before`.',
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
    description: `How many items the whole list has, counted only when asked for, up to ${countedAtMost}: where it says ${countedAtMost} there are so many or more.`,
    resolve: ({ count }) => count(),
  }),
)

builder.queryType({ description: 'Everything that can be read.' })
