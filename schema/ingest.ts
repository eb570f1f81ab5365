import type { PaperRecord, Rejection } from '../db/model/record.ts'
import { noteReading } from '../db/sources.ts'
import type { Outcome, Recorded } from '../db/writer/batch.ts'
import { recordPapers } from '../db/writer/index.ts'
import { forgetLoaded } from './core/batch.ts'
import { builder } from './core/builder.ts'
import { PaperInput } from './ingest-input.ts'
import { Paper, referredPaper } from './paper.ts'

const mostRecords = 1_000

const IngestOutcome = builder.enumType('IngestOutcome', {
  description: 'The effect of a request on a paper.',
  values: {
    NEW: { value: 'new', description: 'The paper was created.' },
    CHANGED: { value: 'changed', description: 'The paper was updated.' },
    UNCHANGED: { value: 'unchanged', description: 'Nothing was written, because all values were known.' },
  } satisfies Record<string, { value: Outcome; description: string }>,
})

interface Ingested {
  paperId: number
  outcome: Outcome
}
type Rejected = Omit<Rejection, 'position'>

const IngestedPaper = builder.objectRef<Ingested>('IngestedPaper').implement({
  description: 'A record that was accepted.',
  isTypeOf: (value) => typeof value === 'object' && value !== null && 'paperId' in value,
  fields: (t) => ({
    paper: t.field({
      type: Paper,
      description: 'The current state of the paper that the record describes.',
      resolve: ({ paperId }, _args, context, info) => referredPaper(paperId, context, info),
    }),
    outcome: t.field({
      type: IngestOutcome,
      description: 'The combined effect of all records of this request on the paper.',
      resolve: ({ outcome }) => outcome,
    }),
  }),
})

const RejectedPaper = builder.objectRef<Rejected>('RejectedPaper').implement({
  description: 'A record that was rejected. Correct it and send it again; the other records are stored.',
  isTypeOf: (value) => typeof value === 'object' && value !== null && 'reason' in value,
  fields: (t) => ({
    path: t.exposeString('path', {
      nullable: true,
      description:
        'The path of the invalid value, e.g. `authors.0.name`. Null if the record as a whole is invalid.',
    }),
    reason: t.exposeString('reason', { description: 'Why the record was rejected, in a sentence.' }),
  }),
})

const IngestPapersResult = builder.unionType('IngestPapersResult', {
  description: 'The result for one record.',
  types: [IngestedPaper, RejectedPaper],
})

interface Payload extends Recorded {
  results: (Ingested | Rejected)[]
}

const IngestPapersPayload = builder.objectRef<Payload>('IngestPapersPayload').implement({
  description: 'The result of `ingestPapers`.',
  fields: (t) => ({
    results: t.field({
      type: [IngestPapersResult],
      extensions: { bound: 'one for each record that was sent' },
      description: 'The result for each record, in the order of `papers`.',
      resolve: ({ results }) => results,
    }),
    newCount: t.int({ description: 'The number of papers created.', resolve: ({ papers }) => papers.new }),
    changedCount: t.int({
      description: 'The number of papers updated.',
      resolve: ({ papers }) => papers.changed,
    }),
    unchangedCount: t.int({
      description: 'The number of papers left unchanged.',
      resolve: ({ papers }) => papers.unchanged,
    }),
    rejectedCount: t.int({
      description: 'The number of records rejected.',
      resolve: ({ results, outcomes }) => results.length - outcomes.length,
    }),
  }),
})

builder.mutationType({ description: 'Write operations. They require a token.' })

builder.mutationFields((t) => ({
  ingestPapers: t.field({
    tag: 'operations',
    authScopes: { ingest: true },
    type: IngestPapersPayload,
    extensions: { lengthOf: 'papers' },
    description:
      'Creates papers or updates existing ones, and notifies subscribers of the changes. Accepted records are stored together or not at all; a rejected record does not affect the others. Sending the same records again changes nothing, so a request can be repeated if its response was lost. Requires a token with the role `ingest` (`Authorization: Bearer …`). The usual limit on the size of a request applies: 1 MB holds about 300 records with abstracts.',
    args: {
      papers: t.arg({
        type: [PaperInput],
        required: true,
        description: `The records: 1 to ${mostRecords}.`,
        validate: {
          type: 'array',
          minLength: [1, { message: 'send at least one record.' }],
          maxLength: [mostRecords, { message: `send at most ${mostRecords} records in one request.` }],
        },
      }),
    },
    resolve: async (_root, { papers }, context) => {
      const observedAt = new Date().toISOString()
      const judged = papers.map((paper) =>
        context.intake({ ...paper, observedAt: paper.observedAt ?? observedAt }),
      )
      const records = judged.flatMap((one): PaperRecord[] => ('record' in one ? [one.record] : []))
      const recorded = await recordPapers(context.db, { source: 'client', records })
      const { new: created, changed } = recorded.papers
      const rejected = judged.length - records.length
      await noteReading(context.db, 'client', { read: records.length, new: created, changed, rejected })
      const { token, tokenName = token } = context.viewer
      context.onWrite?.({ token: tokenName, records: judged.length, ...recorded.papers, rejected })
      // A mutation before this one in the same document may have read these papers.
      forgetLoaded(context)
      const outcomes = recorded.outcomes.values()
      const results = judged.map((one) => ('rejection' in one ? one.rejection : outcomes.next().value))
      return { ...recorded, results: results.filter((result) => result !== undefined) }
    },
  }),
}))
