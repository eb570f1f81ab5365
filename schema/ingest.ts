import type { PaperRecord, Rejection } from '../db/model/record.ts'
import { noteReading } from '../db/sources.ts'
import type { Outcome, Recorded } from '../db/writer/batch.ts'
import { recordPapers } from '../db/writer/index.ts'
import { forgetLoaded } from './core/batch.ts'
import { builder } from './core/builder.ts'
import { anonymous, type Viewer } from './core/context.ts'
import { ForbiddenError, UnauthenticatedError } from './core/errors.ts'
import { PaperInput } from './ingest-input.ts'
import { Paper, referredPaper } from './paper.ts'

const mostRecords = 1_000

const IngestOutcome = builder.enumType('IngestOutcome', {
  description: 'What a record did to its paper.',
  values: {
    NEW: { value: 'new', description: 'The paper was not here before.' },
    CHANGED: { value: 'changed', description: 'Something of the paper is different now.' },
    UNCHANGED: { value: 'unchanged', description: 'Nothing was written: all of it was known.' },
  } satisfies Record<string, { value: Outcome; description: string }>,
})

interface Ingested {
  paperId: number
  outcome: Outcome
}
type Rejected = Omit<Rejection, 'position'>

const IngestedPaper = builder.objectRef<Ingested>('IngestedPaper').implement({
  description: 'A record that was taken in.',
  isTypeOf: (value) => typeof value === 'object' && value !== null && 'paperId' in value,
  fields: (t) => ({
    paper: t.field({
      type: Paper,
      description: 'The paper that it speaks of, as it is now.',
      resolve: ({ paperId }, _args, context, info) => referredPaper(paperId, context, info),
    }),
    outcome: t.field({
      type: IngestOutcome,
      description: 'What became of that paper by all records of this request.',
      resolve: ({ outcome }) => outcome,
    }),
  }),
})

const RejectedPaper = builder.objectRef<Rejected>('RejectedPaper').implement({
  description: 'A record that could not be taken in. Correct it and send it again; the others are stored.',
  isTypeOf: (value) => typeof value === 'object' && value !== null && 'reason' in value,
  fields: (t) => ({
    path: t.exposeString('path', {
      nullable: true,
      description: 'Which value is wrong, like `authors.0.name`. Null where it is the record as a whole.',
    }),
    reason: t.exposeString('reason', { description: 'What is wrong with it, in a sentence.' }),
  }),
})

const IngestPapersResult = builder.unionType('IngestPapersResult', {
  description: 'What became of one record.',
  types: [IngestedPaper, RejectedPaper],
})

interface Payload extends Recorded {
  results: (Ingested | Rejected)[]
}

const IngestPapersPayload = builder.objectRef<Payload>('IngestPapersPayload').implement({
  description: 'What `ingestPapers` did.',
  fields: (t) => ({
    results: t.field({
      type: [IngestPapersResult],
      extensions: { bound: 'one for each record that was sent' },
      description: 'What became of each record, in the order in which they were sent.',
      resolve: ({ results }) => results,
    }),
    newCount: t.int({ description: 'Papers that are new.', resolve: ({ papers }) => papers.new }),
    changedCount: t.int({
      description: 'Papers that are different now.',
      resolve: ({ papers }) => papers.changed,
    }),
    unchangedCount: t.int({
      description: 'Papers that are as they were.',
      resolve: ({ papers }) => papers.unchanged,
    }),
    rejectedCount: t.int({
      description: 'Records that could not be taken in.',
      resolve: ({ results, outcomes }) => results.length - outcomes.length,
    }),
  }),
})

builder.mutationType({ description: 'Everything that can be written, by those who hold a token.' })

builder.mutationFields((t) => ({
  ingestPapers: t.field({
    tag: 'operations',
    type: IngestPapersPayload,
    description: `Takes in papers, or what is new of papers that are here, and tells subscribers what changed. All records that pass are stored together or not at all; a record that does not pass costs no other. Sending the same again changes nothing, so a request whose answer was lost can be repeated. Needs the write token of this server (\`Authorization: Bearer …\`). The usual limit on the size of a request holds: about 300 records with abstracts in 1 MB.`,
    args: {
      papers: t.arg({
        type: [PaperInput],
        required: true,
        description: `The records, up to ${mostRecords}.`,
        validate: {
          type: 'array',
          minLength: [1, { message: 'send at least one record.' }],
          maxLength: [mostRecords, { message: `send at most ${mostRecords} records; split what is more.` }],
        },
      }),
    },
    resolve: async (_root, { papers }, context) => {
      refuseStrangers(context.viewer)
      const observedAt = new Date().toISOString()
      const judged = papers.map((paper) =>
        context.intake({ ...paper, observedAt: paper.observedAt ?? observedAt }),
      )
      const records = judged.flatMap((one): PaperRecord[] => ('record' in one ? [one.record] : []))
      const recorded = await recordPapers(context.db, { source: 'client', records })
      const { new: created, changed } = recorded.papers
      const rejected = judged.length - records.length
      await noteReading(context.db, 'client', { read: records.length, new: created, changed, rejected })
      // A mutation before this one in the same document may have read these papers.
      forgetLoaded(context)
      const outcomes = recorded.outcomes.values()
      const results = judged.map((one) => ('rejection' in one ? one.rejection : outcomes.next().value))
      return { ...recorded, results: results.filter((result) => result !== undefined) }
    },
  }),
}))

function refuseStrangers({ canWrite, sharingKey }: Viewer): void {
  if (canWrite) return
  if (sharingKey !== anonymous.sharingKey)
    throw new ForbiddenError(
      'This token does not allow writing. Ask the operator of this server for one that does.',
    )
  throw new UnauthenticatedError(
    'Writing needs a token. Send the one that the operator has set as WRITE_TOKEN, in the header "Authorization: Bearer <token>"; a server without one takes no writes.',
  )
}
