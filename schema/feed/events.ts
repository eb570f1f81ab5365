import type { Delivery, EventDelivery, HeartbeatDelivery } from '../../db/feed/delivery.ts'
import type { FeedEntry } from '../../db/feed/events.ts'
import type { FeedEventKind } from '../../db/feed-tables.ts'
import { sourceNames } from '../../db/model/record.ts'
import { builder } from '../core/builder.ts'
import { EditionProgressRef } from '../edition-progress.ts'
import { Paper } from '../paper.ts'
import { anySourceName, Source } from '../source.ts'
import { changedFields, PaperChange } from './changes.ts'
import { paperOfEvent } from './read-ahead.ts'

/** The event of one kind, on its way to a client. */
export type EventOf<Kind extends FeedEventKind> = Omit<EventDelivery, 'entry'> & {
  readonly entry: Extract<FeedEntry, { kind: Kind }>
}

const typeNames: Record<FeedEventKind, string> = {
  ingested: 'PaperIngested',
  updated: 'PaperUpdated',
  listed: 'PaperListed',
  withdrawn: 'PaperWithdrawn',
}

export const FeedEvent = builder.interfaceRef<Delivery>('FeedEvent').implement({
  description: `An item that a subscriber to the feed receives: an event about a paper, or a heartbeat.

Keep the \`cursor\` of the last item you processed. \`previousCursor\` is the cursor of the preceding item of the same subscription, at first the position you passed as \`after\`. If it is not the cursor you hold, you missed events in between: read them with the query \`feed(after:)\`.`,
  resolveType: ({ entry }) => (entry ? typeNames[entry.kind] : 'FeedHeartbeat'),
  fields: (t) => ({
    cursor: t.expose('cursor', {
      type: 'FeedCursor',
      description:
        'The position just after this item. Pass it as `after` to continue from here, on any transport.',
    }),
    previousCursor: t.expose('previousCursor', {
      type: 'FeedCursor',
      description:
        'The cursor of the preceding item of this subscription or page. If you hold a different cursor, you missed events: read them with the query `feed(after:)`.',
    }),
  }),
})

export const PaperEvent = builder.interfaceRef<EventDelivery>('PaperEvent').implement({
  description: 'An event about a paper. Events are delivered in commit order.',
  interfaces: [FeedEvent],
  resolveType: ({ entry }) => typeNames[entry.kind],
  fields: (t) => ({
    recordedAt: t.field({
      type: 'DateTime',
      description: 'When the event was written to the feed.',
      resolve: ({ entry }) => entry.recordedAt,
    }),
    source: t.string({
      description: `The source of the event: ${anySourceName} (see \`Source.name\`).`,
      resolve: ({ entry }) => entry.source,
    }),
    paper: t.field({
      type: Paper,
      extensions: { sameJson: true },
      description: 'The current state of the paper, which may be newer than the event.',
      resolve: ({ entry }, _args, context, info) => paperOfEvent(entry.paperId, context, info),
    }),
  }),
})

export const PaperIngested = builder.objectRef<EventOf<'ingested'>>('PaperIngested').implement({
  description: 'A paper was stored for the first time. Each paper has exactly one such event.',
  interfaces: [PaperEvent, FeedEvent],
  fields: (t) => ({
    ingestedAt: t.field({
      type: 'DateTime',
      description: 'When this server first stored the paper.',
      resolve: ({ entry }) => entry.recordedAt,
    }),
  }),
})

builder.objectRef<EventOf<'updated'>>('PaperUpdated').implement({
  description:
    'A source reported changes to a known paper, e.g. upvotes, comments, a new title or a repository.',
  interfaces: [PaperEvent, FeedEvent],
  fields: (t) => ({
    changes: t.field({
      type: [PaperChange],
      extensions: { bound: 'the fields of a paper' },
      listSize: { assumedSize: 3 },
      description: 'The changed fields, each with its value before and after.',
      resolve: ({ entry }, _args, _context, info) => changedFields(entry.data.changed, info.schema),
    }),
  }),
})

builder.objectRef<EventOf<'listed'>>('PaperListed').implement({
  description: 'A paper was added to an edition: it is in the Daily Papers of that day.',
  interfaces: [PaperEvent, FeedEvent],
  fields: (t) => ({
    editionDate: t.field({
      type: 'Date',
      description: 'The day of the edition, not the day on which the paper was published.',
      resolve: ({ entry }) => entry.editionDate ?? missing(entry, 'edition'),
    }),
    submitterName: t.string({
      nullable: true,
      description: 'The user name of the account that submitted the paper. Null if unknown.',
      resolve: ({ entry }) => entry.data.submitter,
    }),
    submittedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When the paper was submitted. Null if unknown.',
      resolve: ({ entry }) => entry.data.submittedAt,
    }),
  }),
})

builder.objectRef<EventOf<'withdrawn'>>('PaperWithdrawn').implement({
  description: 'The authors withdrew a paper. The paper remains available, with `withdrawnAt` set.',
  interfaces: [PaperEvent, FeedEvent],
  fields: (t) => ({
    withdrawnAt: t.field({
      type: 'DateTime',
      description: 'When the authors withdrew the paper.',
      resolve: ({ entry }) => entry.data.withdrawnAt,
    }),
  }),
})

builder.objectRef<HeartbeatDelivery>('FeedHeartbeat').implement({
  description: `Confirms the stream is alive: every matching event committed by \`caughtUpAt\` has been sent. The first heartbeat means that you have caught up and receive events live; later ones arrive at the requested interval. If heartbeats stop, the connection is dead; if they continue while \`sources\` get old, a source is down.

The cursor advances even if the filter matches no events, so keep it like the cursor of an event.`,
  interfaces: [FeedEvent],
  fields: (t) => ({
    caughtUpAt: t.expose('caughtUpAt', {
      type: 'DateTime',
      description:
        'Every matching event committed by this time has been sent. While the server cannot read new events, it stays the same.',
    }),
    sources: t.field({
      tag: 'operations',
      listSize: { assumedSize: sourceNames.length },
      type: [Source],
      extensions: { bound: sourceNames.length },
      description:
        'The sources and when each was last read, which tell a quiet day from a source that is down. The values are some seconds old; while the database does not answer, the last known ones.',
      resolve: (_heartbeat, _args, { feed }) => feed.sources.rows,
    }),
    changedSources: t.field({
      tag: 'operations',
      listSize: { assumedSize: sourceNames.length },
      type: [Source],
      nullable: true,
      extensions: { bound: sourceNames.length },
      description:
        'The same as `sources` in the first heartbeat of a subscription and whenever they have changed since the last one; null otherwise. It keeps heartbeats small. Behind a gateway that shares identical subscriptions among its clients, select `sources`.',
      resolve: (heartbeat) => heartbeat.changedSources,
    }),
    edition: t.field({
      type: EditionProgressRef,
      nullable: true,
      description:
        'The newest edition and how complete it is, as it was some seconds ago. Null if there is none.',
      resolve: (_heartbeat, _args, { feed }) => feed.sources.edition,
    }),
    changedEdition: t.field({
      type: EditionProgressRef,
      nullable: true,
      description: 'The same as `edition` whenever `changedSources` is not null; null otherwise.',
      resolve: ({ changedSources }, _args, { feed }) => changedSources && feed.sources.edition,
    }),
    reconnectAfter: t.exposeInt('reconnectAfterMs', {
      nullable: true,
      description:
        'The milliseconds to wait before reconnecting with this cursor, if the server is about to stop. Null otherwise.',
    }),
  }),
})

function missing(entry: FeedEntry, what: string): never {
  throw new Error(`Event ${entry.number} has no ${what}.`)
}
