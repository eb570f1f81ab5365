import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Db } from '../../db/database.ts'
import type { PaperRecord, SourceName } from '../../db/model/record.ts'
import type { IngestBatch } from '../../db/writer/batch.ts'
import { recordPapers } from '../../db/writer/index.ts'
import { useTestDatabase } from '../support/database.ts'
import { anAuthor, aReading, aRecord, emptyStore, storedState } from '../support/records.ts'

const test_ = useTestDatabase()

test('any order and any batching of the same observations leaves the same papers', async () => {
  const { db } = test_.database
  await fc.assert(
    fc.asyncProperty(
      fc.array(observation, { minLength: 1, maxLength: 8 }),
      fc.infiniteStream(fc.nat()),
      async (all, dice) => {
        const inTime = all.toSorted((a, b) => (timeOf(a) < timeOf(b) ? -1 : 1))
        await emptyStore(db)
        for (const batch of inTime) await recordPapers(db, batch)
        const expected = await storedState(db)
        await emptyStore(db)
        for (const batch of joined(shuffled(all, dice), dice)) await recordPapers(db, batch)
        expect(comparable(await storedState(db))).toEqual(comparable(expected))
        // Histories keep changes, not every observation: what lay between two of them may be kept more coarsely
        // when the older comes later. Where each of them ends is the stored counter all the same.
        expect(await endsOfHistories(db)).toEqual(await storedCounters(db))
      },
    ),
    { numRuns: 150, interruptAfterTimeLimit: 20_000 },
  )
})

/**
 * Without what the writer does not promise: the points inside histories (see above), and how an account or an
 * organization describes itself, whose identical newer description is not written down once no paper has it.
 */
function comparable({
  history: _,
  accounts,
  organizations,
  ...state
}: Awaited<ReturnType<typeof storedState>>) {
  const named = [...accounts, ...organizations].map((described) => JSON.parse(described).name)
  return { ...state, named }
}

/** The last upvotes and comments that each paper's history gives. */
async function endsOfHistories(db: Db) {
  const rows = await db.selectFrom('paper_history').selectAll().orderBy('observed_at').execute()
  const ends = new Map<number, { upvotes: number; comment_count: number }>()
  for (const { paper_id, upvotes, comment_count } of rows) {
    const end = ends.get(paper_id) ?? { upvotes: 0, comment_count: 0 }
    ends.set(paper_id, { upvotes: upvotes ?? end.upvotes, comment_count: comment_count ?? end.comment_count })
  }
  return ends
}

async function storedCounters(db: Db) {
  const rows = await db
    .selectFrom('paper')
    .select(['id', 'upvotes', 'comment_count'])
    .where((eb) =>
      eb.exists(eb.selectFrom('paper_history').whereRef('paper_id', '=', 'paper.id').select('paper_id')),
    )
    .execute()
  return new Map(rows.map(({ id, upvotes, comment_count }) => [id, { upvotes, comment_count }]))
}

const timeOf = (batch: IngestBatch) => batch.records[0]?.observedAt ?? ''
const instant = fc.integer({ min: 10, max: 19 }).map((hour) => `2026-06-16T${hour}:00:00.000Z`)
const id = fc.constantFrom('2606.00001', '2606.00002')
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined })
const given = (record: Record<string, unknown>) =>
  Object.fromEntries(
    Object.entries(record).filter(([, value]) => value !== undefined),
  ) as unknown as PaperRecord

const account = fc
  .constantFrom('ada', 'bob')
  .chain((name) =>
    fc
      .constantFrom('X', 'Y')
      .map((fullName) => ({ name, fullName, avatarUrl: 'https://a.example/x', isPro: false })),
  )
const describedPaper = fc.record({
  title: fc.constantFrom('One title', 'Another title'),
  upvotes: fc.integer({ min: 0, max: 3 }),
  commentCount: fc.integer({ min: 0, max: 3 }),
  githubStars: maybe(fc.integer({ min: 0, max: 3 })),
  githubRepo: maybe(fc.constantFrom('https://github.com/a/b', 'https://github.com/c/d')),
  keywords: maybe(fc.constantFrom(['Sparsity'], ['sparsity', 'RL'])),
  organization: maybe(
    fc.constantFrom({ name: 'lab', fullName: 'The Lab' }, { name: 'lab', fullName: 'Lab' }),
  ),
  authors: fc.constantFrom(
    [anAuthor('Ada Lovelace')],
    [anAuthor('Ada Lovelace', { account: { name: 'ada' } })],
  ),
  listing: account.map((submitter) => ({ submitter })),
})

/** One observation by one source: a whole reading of an edition, or a record or two by themselves. */
const observation: fc.Arbitrary<IngestBatch> = fc.oneof(
  fc
    .record({
      at: instant,
      date: fc.constantFrom('2026-06-15', '2026-06-16'),
      papers: fc.uniqueArray(fc.tuple(id, describedPaper), { minLength: 1, selector: ([paper]) => paper }),
    })
    .map(({ at, date, papers }) => ({
      source: 'huggingface' as const,
      ...aReading(
        date,
        at,
        papers.map(([arxivId, fields]) =>
          given({ ...aRecord({ arxivId }), ...fields, title: `${fields.title} ${arxivId}` }),
        ),
      ),
    })),
  alone(
    'client',
    fc.record({ upvotes: maybe(fc.nat(3)), githubRepo: maybe(fc.constant('https://github.com/e/f')) }),
  ),
  alone(
    'arxiv',
    fc.record({ title: fc.constantFrom('Right title', 'Righter title'), doi: maybe(fc.constant('10.1/x')) }),
  ),
)

function alone(source: SourceName, fields: fc.Arbitrary<object>): fc.Arbitrary<IngestBatch> {
  return fc.tuple(instant, id, fields).map(([observedAt, arxivId, values]) => ({
    source,
    records: [
      given({
        observedAt,
        arxivId,
        title: `One title ${arxivId}`,
        publishedAt: '2026-06-15T00:00:00.000Z',
        ...values,
      }),
    ],
  }))
}

function shuffled<T>(items: readonly T[], dice: fc.Stream<number>): T[] {
  const rest = [...items]
  return items.map(() => rest.splice(roll(dice) % rest.length, 1)[0] as T)
}

/** Puts neighbours of one source into one batch, now and then. */
function joined(batches: readonly IngestBatch[], dice: fc.Stream<number>): IngestBatch[] {
  const result: IngestBatch[] = []
  for (const batch of batches) {
    const last = result.at(-1)
    if (last?.source === batch.source && roll(dice) % 2 === 0) {
      result.splice(-1, 1, {
        source: batch.source,
        records: [...last.records, ...batch.records],
        editions: [...(last.editions ?? []), ...(batch.editions ?? [])],
      })
    } else result.push(batch)
  }
  return result
}

const roll = (dice: fc.Stream<number>) => dice.next().value as number
