import type { EventDelivery } from '../../db/feed/delivery.ts'
import { deliverEvent } from '../../db/feed/delivery.ts'
import type { PaperMatch } from '../../db/feed/feed.ts'
import { headCursor, readLogState } from '../../db/feed/log.ts'
import { scan } from '../../db/feed/scan.ts'
import type { FeedEventKind } from '../../db/feed-tables.ts'
import { canonicalFilter, type PaperFilter } from '../../db/search/filter.ts'
import { builder } from '../core/builder.ts'
import type { Context } from '../core/context.ts'
import { itemCount } from '../core/paging.ts'
import { PaperFilterInput, requireSearchable } from '../filter.ts'
import { type EventOf, FeedEvent, PaperEvent, PaperIngested } from './events.ts'
import { FeedSubscription } from './subscription.ts'

export const FeedEventKindEnum = builder.enumType('FeedEventKind', {
  description: 'The kind of an event.',
  values: {
    INGESTED: { value: 'ingested', description: 'The paper was stored for the first time: `PaperIngested`.' },
    UPDATED: { value: 'updated', description: 'A source reported changes to the paper: `PaperUpdated`.' },
    LISTED: { value: 'listed', description: 'The paper was added to an edition: `PaperListed`.' },
    WITHDRAWN: { value: 'withdrawn', description: 'The authors withdrew the paper: `PaperWithdrawn`.' },
  } as const satisfies { [Kind in FeedEventKind as Uppercase<Kind>]: { value: Kind; description: string } },
})

const after =
  'Only events after this position: the `cursor` of an event or heartbeat, an `endCursor`, `feedPosition`, `START` (before the oldest retained event) or `NOW` (after the newest).'

const filter =
  'Only events of papers that `papers(filter:)` would return when the event is sent. Omit it for all papers.'

const resuming =
  'Each event is delivered once and in commit order, regardless of which process wrote it. After a disconnect, subscribe again with the `cursor` of the last event you processed: cursors are valid across restarts, servers and transports.'

const sharing =
  'Behind a gateway that shares identical subscriptions among its clients, a client that joins later starts in the middle, whatever its `after`. There, omit `after` and read what came before your first event with the query `feed(after:)`; `previousCursor` reveals gaps.'

const heartbeat = { least: 1, most: 3600, usual: 30 }

builder.queryFields((t) => ({
  feedPosition: t.field({
    type: 'FeedCursor',
    description:
      'The position of the feed in the database snapshot that this response is read from. Load a page together with it, then subscribe with `after: <this>`: no event is missed and none is repeated.',
    resolve: async (_root, _args, { db }) => headCursor(await readLogState(db)),
  }),
  feed: t.field({
    type: FeedPage(),
    extensions: { cost: ({ filter }: { filter?: unknown }) => (filter == null ? 15 : 150) },
    listSize: {
      assumedSize: 50,
      slicingArguments: ['first'],
      sizedFields: ['events'],
      requireOneSlicingArgument: false,
    },
    description:
      'Lists the events of the feed in pages, for polling and for filling gaps: the same events and cursors as the subscription `feed`, without heartbeats.',
    args: {
      after: t.arg({ type: 'FeedCursor', defaultValue: 'START', required: true, description: after }),
      first: t.arg.int({
        required: true,
        defaultValue: 50,
        description: 'The maximum number of events: 1 to 500.',
        validate: itemCount(500),
      }),
      kinds: t.arg({
        type: [FeedEventKindEnum],
        description: 'Only events of these kinds. Omit it for all kinds.',
      }),
      filter: t.arg({ type: PaperFilterInput, description: filter }),
    },
    resolve: async (_root, args, context) => {
      const { feed } = context
      const request = { kinds: kindsOf(args.kinds), match: matchOf(args, context) }
      let position = await feed.position(args.after)
      const { history } = feed
      await feed.refresh()
      feed.assertShared(position, history)
      const events: EventDelivery[] = []
      let previous = position
      // One page looks at a bounded part of the log, so that a narrow filter cannot make it endless.
      for (
        let looked = 0;
        looked < 40 && events.length < args.first && position.number < feed.head.number;
        looked++
      ) {
        const { entries, scannedTo } = await scan(feed, request, position)
        const wanted = entries.slice(0, args.first - events.length)
        for (const entry of wanted) {
          events.push(deliverEvent(feed, entry, previous))
          previous = entry.position
        }
        position = wanted.length < entries.length ? previous : scannedTo
        feed.assertShared(position, history)
      }
      return {
        events,
        endCursor: feed.cursor(position),
        hasMore: position.number < feed.head.number,
      }
    },
  }),
}))

builder.subscriptionType({ description: 'Events, delivered as they happen.' })

builder.subscriptionFields((t) => ({
  paperIngested: t.field({
    type: PaperIngested,
    description: `Delivers every new paper as soon as it is stored. ${resuming}

${sharing}`,
    args: {
      after: t.arg({ type: 'FeedCursor', defaultValue: 'NOW', required: true, description: after }),
      filter: t.arg({ type: PaperFilterInput, description: filter }),
    },
    subscribe: async (_root, args, context) => {
      const request = { kinds: new Set<FeedEventKind>(['ingested']), match: matchOf(args, context) }
      return new FeedSubscription(request, await context.feed.position(args.after))
    },
    resolve: (delivery) => delivery as unknown as EventOf<'ingested'>,
  }),
  feed: t.field({
    type: FeedEvent,
    description: `Delivers all events, and heartbeats. ${resuming}

The first heartbeat means that you have caught up. ${sharing}`,
    args: {
      after: t.arg({ type: 'FeedCursor', defaultValue: 'NOW', required: true, description: after }),
      kinds: t.arg({
        type: [FeedEventKindEnum],
        description: 'Only events of these kinds. Omit it for all kinds.',
      }),
      filter: t.arg({ type: PaperFilterInput, description: filter }),
      heartbeat: t.arg.int({
        required: true,
        defaultValue: heartbeat.usual,
        description: `Seconds between heartbeats: ${heartbeat.least} to ${heartbeat.most}.`,
        validate: {
          type: 'number',
          min: [heartbeat.least, { message: `pass ${heartbeat.least} to ${heartbeat.most} seconds.` }],
          max: [heartbeat.most, { message: `pass ${heartbeat.least} to ${heartbeat.most} seconds.` }],
        },
      }),
    },
    subscribe: async (_root, args, context) => {
      const request = {
        kinds: kindsOf(args.kinds),
        match: matchOf(args, context),
        heartbeatMs: args.heartbeat * 1000,
      }
      return new FeedSubscription(request, await context.feed.position(args.after))
    },
    resolve: (delivery) => delivery,
  }),
}))

function FeedPage() {
  return builder
    .objectRef<{ events: EventDelivery[]; endCursor: string; hasMore: boolean }>('FeedPage')
    .implement({
      description: 'A page of the feed.',
      fields: (t) => ({
        events: t.expose('events', {
          type: [PaperEvent],
          extensions: { bound: 500 },
          description:
            'The events, in commit order. A page may be empty although more events follow: continue from `endCursor`.',
        }),
        endCursor: t.expose('endCursor', {
          type: 'FeedCursor',
          description:
            'The position up to which this page has read. Pass it as `after` to read on, or to subscribe from here.',
        }),
        hasMore: t.exposeBoolean('hasMore', { description: 'Whether the feed continues after `endCursor`.' }),
      }),
    })
}

function matchOf(
  args: { filter?: PaperFilter | null | undefined },
  { feed }: Context,
): PaperMatch | undefined {
  const filter = canonicalFilter(args.filter ?? {})
  requireSearchable(filter)
  return feed.matching(filter)
}

function kindsOf(kinds: readonly FeedEventKind[] | null | undefined): ReadonlySet<FeedEventKind> | undefined {
  return kinds ? new Set(kinds) : undefined
}
