import type { Delivery, EventDelivery, HeartbeatDelivery } from '../../db/feed/delivery.ts'
import type { FeedEntry } from '../../db/feed/events.ts'
import { allSources } from '../../db/sources.ts'
import type { FeedEventKind } from '../../db/tables.ts'
import { builder } from '../core/builder.ts'
import { Paper, referredPaper } from '../paper.ts'
import { Source } from '../source.ts'
import { changedFields, PaperChange } from './changes.ts'

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
  description: `What a subscriber to the feed receives: something that happened to a paper, or a heartbeat.

Keep the \`cursor\` of the newest one you have dealt with. \`previousCursor\` is the cursor of what came before it on the same subscription, at first the one you passed as \`after\`: where it is not the cursor you hold, something in between did not reach you, and the query \`feed(after:)\` has it.`,
  resolveType: ({ entry }) => (entry ? typeNames[entry.kind] : 'FeedHeartbeat'),
  fields: (t) => ({
    cursor: t.expose('cursor', {
      type: 'FeedCursor',
      description: 'The position just after this. Pass it as `after` to go on from here, on any transport.',
    }),
    previousCursor: t.expose('previousCursor', {
      type: 'FeedCursor',
      description:
        'The cursor of what this subscription or page sent before this. If you hold another one, something is missing: read it with the query `feed(after:)`.',
    }),
  }),
})

export const PaperEvent = builder.interfaceRef<EventDelivery>('PaperEvent').implement({
  description: 'Something that happened to a paper, in the order in which it was committed.',
  interfaces: [FeedEvent],
  resolveType: ({ entry }) => typeNames[entry.kind],
  fields: (t) => ({
    recordedAt: t.field({
      type: 'DateTime',
      description: 'When it was written to the feed.',
      resolve: ({ entry }) => entry.recordedAt,
    }),
    source: t.string({
      description: 'Which source told it: `huggingface`, `arxiv`, `page`, `json` or `client`.',
      resolve: ({ entry }) => entry.source,
    }),
    paper: t.field({
      type: Paper,
      description: 'The paper as it is now, which may be newer than the event.',
      resolve: ({ entry }, _args, context, info) => referredPaper(entry.paperId, context, info),
    }),
  }),
})

export const PaperIngested = builder.objectRef<EventOf<'ingested'>>('PaperIngested').implement({
  description: 'A paper became known. Each paper has exactly one such event.',
  interfaces: [PaperEvent, FeedEvent],
  fields: (t) => ({
    ingestedAt: t.field({
      type: 'DateTime',
      description: 'When this database first knew of the paper.',
      resolve: ({ entry }) => entry.recordedAt,
    }),
  }),
})

builder.objectRef<EventOf<'updated'>>('PaperUpdated').implement({
  description: 'A source told something new of a known paper: votes, comments, a new title, a repository.',
  interfaces: [PaperEvent, FeedEvent],
  fields: (t) => ({
    changes: t.field({
      type: [PaperChange],
      extensions: { bound: 'the fields of a paper' },
      description: 'What changed, each with its value before and after.',
      resolve: ({ entry }, _args, _context, info) => changedFields(entry.data.changed, info.schema),
    }),
  }),
})

builder.objectRef<EventOf<'listed'>>('PaperListed').implement({
  description: 'A paper was put on an edition: it is in the Daily Papers of that day.',
  interfaces: [PaperEvent, FeedEvent],
  fields: (t) => ({
    editionDate: t.field({
      type: 'Date',
      description: 'The day of the edition; not the day the paper was published.',
      resolve: ({ entry }) => entry.editionDate ?? missing(entry, 'edition'),
    }),
    submitterName: t.string({
      nullable: true,
      description: 'The account that submitted it. Null where the source does not tell.',
      resolve: ({ entry }) => entry.data.submitter,
    }),
    submittedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When it was submitted. Null where the source does not tell.',
      resolve: ({ entry }) => entry.data.submittedAt,
    }),
  }),
})

builder.objectRef<EventOf<'withdrawn'>>('PaperWithdrawn').implement({
  description: 'The authors withdrew a paper. It stays readable and is marked.',
  interfaces: [PaperEvent, FeedEvent],
  fields: (t) => ({
    withdrawnAt: t.field({
      type: 'DateTime',
      description: 'When it was withdrawn.',
      resolve: ({ entry }) => entry.data.withdrawnAt,
    }),
  }),
})

builder.objectRef<HeartbeatDelivery>('FeedHeartbeat').implement({
  description: `A word that all is well: everything committed by \`caughtUpAt\` has been sent. The first one tells that you have caught up and are live; after that they come at the interval you asked for. Where they stop, the connection is dead; where \`sources\` grow old while they go on, a source is.

Its cursor moves on even when a narrow filter lets nothing through, so keep it as that of any event.`,
  interfaces: [FeedEvent],
  fields: (t) => ({
    caughtUpAt: t.expose('caughtUpAt', {
      type: 'DateTime',
      description: 'Whatever was committed by then, and wanted, has been sent before this.',
    }),
    sources: t.field({
      tag: 'operations',
      listSize: { assumedSize: 5 },
      type: [Source],
      extensions: { bound: 'the ways in that this server knows' },
      description: 'When each source was last read: tells a quiet day from a source that is down.',
      resolve: (_heartbeat, _args, { db }) => allSources(db),
    }),
    reconnectAfter: t.exposeInt('reconnectAfterMs', {
      nullable: true,
      description:
        'The server is about to stop: connect again after so many milliseconds, with this cursor. Null otherwise.',
    }),
  }),
})

function missing(entry: FeedEntry, what: string): never {
  throw new Error(`Event ${entry.number} has no ${what}.`)
}
