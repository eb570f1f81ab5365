import { sql } from 'kysely'
import { beforeAll, beforeEach, expect, test } from 'vitest'
import type { Db } from '../../db/database.ts'
import { recordPapers } from '../../db/writer/index.ts'
import { useTestDatabase } from '../support/database.ts'
import { anAuthor, aReading, aRecord, emptyStore } from '../support/records.ts'

const copy = useTestDatabase()
let db: Db
beforeAll(() => {
  db = copy.database.db
})
beforeEach(() => emptyStore(db))

const morning = '2026-06-16T08:00:00.000Z'
const noon = '2026-06-16T12:00:00.000Z'
const evening = '2026-06-16T20:00:00.000Z'

test('a new paper is ingested and listed, in this order, with all that its record gave', async () => {
  const record = aRecord({
    keywords: ['Sparse Attention'],
    organization: { name: 'lab', fullName: 'The Lab' },
  })
  const recorded = await recordPapers(db, {
    source: 'huggingface',
    ...aReading('2026-06-16', noon, [record]),
  })
  expect(recorded).toMatchObject({ papers: { new: 1, changed: 0, unchanged: 0 }, events: 2 })
  expect(await thePaper()).toMatchObject({
    arxiv_id: '2606.00001',
    author_names: ['Ada Lovelace', 'Alan Turing'],
    author_count: 2,
    keyword_keys: ['sparse attention'],
    listed_on: ['2026-06-16'],
    submitter_names: ['akhaliq'],
    published_on: '2026-06-15',
  })
  expect(await log()).toMatchObject([
    { number: 1, kind: 'ingested', data: { paper: { title: 'A Paper on Papers', upvotes: 3 } } },
    { number: 2, kind: 'listed', edition_date: '2026-06-16', data: { submitter: 'akhaliq' } },
  ])
})

test('reading an unchanged edition again writes no row of a paper and no event', async () => {
  const batch = { source: 'huggingface' as const, ...aReading('2026-06-16', morning, [aRecord()]) }
  await recordPapers(db, batch)
  const before = await rowVersions()
  const again = { source: 'huggingface' as const, ...aReading('2026-06-16', noon, [aRecord()]) }
  for (const repeated of [batch, again]) {
    expect(await recordPapers(db, repeated)).toMatchObject({ papers: { unchanged: 1 }, events: 0 })
  }
  expect(await rowVersions()).toEqual(before)
  const reading = await db.selectFrom('edition_reading').selectAll().executeTakeFirstOrThrow()
  expect(reading.read_at.toISOString()).toBe(noon)
})

test('an update names what changed, before and after, and is counted in the history once', async () => {
  for (const [readAt, upvotes] of [
    [morning, 3],
    [noon, 3],
    [evening, 9],
  ] as const) {
    await recordPapers(db, {
      source: 'huggingface',
      ...aReading('2026-06-16', readAt, [aRecord({ upvotes })]),
    })
  }
  expect((await log()).slice(2)).toMatchObject([
    { kind: 'updated', data: { changed: { upvotes: { before: 3, after: 9 } } } },
  ])
  const history = await db.selectFrom('paper_history').selectAll().orderBy('observed_at').execute()
  expect(history.map(({ observed_at, upvotes }) => [observed_at.toISOString(), upvotes])).toEqual([
    [morning, 3],
    [evening, 9],
  ])
})

test('a paper on two editions is one paper with two listings', async () => {
  await recordPapers(db, { source: 'json', ...aReading('2026-04-10', morning, [aRecord()]) })
  await recordPapers(db, { source: 'json', ...aReading('2026-04-16', noon, [aRecord()]) })
  expect(await thePaper()).toMatchObject({
    listed_on: ['2026-04-10', '2026-04-16'],
    first_listed_on: '2026-04-10',
  })
  expect((await log()).map((event) => event.kind)).toEqual(['ingested', 'listed', 'listed'])
})

test('the authority clears what it no longer gives; nobody else does', async () => {
  const githubRepo = 'https://github.com/a/b'
  await recordPapers(db, {
    source: 'huggingface',
    records: [aRecord({ observedAt: morning, githubRepo, githubStars: 5 })],
  })
  await recordPapers(db, { source: 'client', records: [aRecord({ observedAt: noon })] })
  expect(await thePaper()).toMatchObject({ github_repo: githubRepo, github_stars: 5 })
  await recordPapers(db, { source: 'huggingface', records: [aRecord({ observedAt: evening })] })
  expect(await thePaper()).toMatchObject({ github_repo: null, github_stars: null })
})

test('arXiv decides on the text, and the text it replaces is kept with when it was seen', async () => {
  await recordPapers(db, { source: 'huggingface', records: [aRecord({ observedAt: morning })] })
  const fromArxiv = {
    observedAt: '2026-06-15T00:00:00.000Z',
    arxivId: '2606.00001',
    title: 'A Paper on Papers, Revised',
    publishedAt: '2026-06-15T00:00:00.000Z',
    categories: ['cs.CL'],
  }
  await recordPapers(db, { source: 'arxiv', records: [fromArxiv] })
  await recordPapers(db, { source: 'huggingface', records: [aRecord({ observedAt: evening })] })
  expect(await thePaper()).toMatchObject({
    title: 'A Paper on Papers, Revised',
    categories: ['cs.CL'],
    abstract: 'We study papers.',
  })
  const revisions = await db.selectFrom('paper_revision').selectAll().execute()
  expect(revisions).toMatchObject([
    { title: 'A Paper on Papers', source: 'huggingface', seen_at: new Date(morning) },
  ])
})

test('an older observation that comes late changes the past, not the present', async () => {
  await recordPapers(db, { source: 'json', records: [aRecord({ observedAt: evening, upvotes: 9 })] })
  await recordPapers(db, { source: 'json', records: [aRecord({ observedAt: morning, upvotes: 1 })] })
  expect(await thePaper()).toMatchObject({ upvotes: 9 })
  const history = await db.selectFrom('paper_history').select('upvotes').orderBy('observed_at').execute()
  expect(history.map((point) => point.upvotes)).toEqual([1, 9])
})

test('a withdrawal marks the paper and is an event of its own', async () => {
  await recordPapers(db, { source: 'json', records: [aRecord({ observedAt: morning })] })
  await recordPapers(db, { source: 'json', records: [aRecord({ observedAt: noon, withdrawnAt: morning })] })
  expect((await log()).slice(1)).toMatchObject([{ kind: 'withdrawn', data: { withdrawnAt: morning } }])
})

test('a link between an author and an account is a change of the authors', async () => {
  await recordPapers(db, { source: 'json', records: [aRecord({ observedAt: morning })] })
  const authors = [
    anAuthor('Ada Lovelace', { account: { name: 'ada' }, claimStatus: 'claimed_verified' }),
    anAuthor('Alan Turing'),
  ]
  await recordPapers(db, { source: 'json', records: [aRecord({ observedAt: noon, authors })] })
  const links = await db
    .selectFrom('paper_author')
    .select(['position', 'account_name'])
    .orderBy('position')
    .execute()
  expect(links).toEqual([
    { position: 1, account_name: 'ada' },
    { position: 2, account_name: null },
  ])
  expect((await log()).at(-1)).toMatchObject({ kind: 'updated', data: { changed: { author_names: {} } } })
})

test('a batch with two readings of one edition confirms only what the newer one saw', async () => {
  const early = aReading('2026-06-16', morning, [aRecord({ arxivId: '2606.00002', title: 'Gone by noon' })])
  const late = aReading('2026-06-16', noon, [aRecord()])
  await recordPapers(db, {
    source: 'huggingface',
    records: [...late.records, ...early.records],
    editions: [...late.editions, ...early.editions],
  })
  const reading = await db.selectFrom('edition_reading').selectAll().executeTakeFirstOrThrow()
  expect(reading).toMatchObject({ read_at: new Date(noon), paper_ids: [(await paperNamed('2606.00001')).id] })
})

test('an account that is only named keeps the description it has, whichever comes first', async () => {
  const described = { name: 'ada', fullName: 'Ada Lovelace', followerCount: 7 }
  const submittedBy = (observedAt: string, submitter: { name: string }) => ({
    source: 'client' as const,
    records: [aRecord({ observedAt, listing: { date: '2026-06-16', submitter } })],
  })
  await recordPapers(db, submittedBy(noon, { name: 'ada' }))
  await recordPapers(db, submittedBy(morning, described))
  await recordPapers(db, submittedBy(evening, { name: 'ada' }))
  const account = await db.selectFrom('account').selectAll().executeTakeFirstOrThrow()
  expect(account).toMatchObject({ name: 'ada', full_name: 'Ada Lovelace', follower_count: 7 })
})

test('a dry run says what would happen and leaves nothing', async () => {
  const batch = { source: 'huggingface' as const, ...aReading('2026-06-16', noon, [aRecord()]) }
  expect(await recordPapers(db, batch, { dryRun: true })).toMatchObject({ papers: { new: 1 }, events: 2 })
  expect(await db.selectFrom('paper').select('id').execute()).toEqual([])
  expect(await log()).toEqual([])
})

test('writers at the same time record a paper once, and the log has no hole', async () => {
  const batches = Array.from({ length: 8 }, (_, index) => ({
    source: 'huggingface' as const,
    ...aReading('2026-06-16', noon, [
      aRecord(),
      aRecord({ arxivId: `2606.1000${index}`, title: `Paper ${index}` }),
    ]),
  }))
  await Promise.all(batches.map((batch) => recordPapers(db, batch)))
  const events = await log()
  expect(events.map((event) => event.number)).toEqual(events.map((_, index) => index + 1))
  expect(events.filter((event) => event.kind === 'ingested')).toHaveLength(9)
})

const thePaper = () => db.selectFrom('paper').selectAll().executeTakeFirstOrThrow()
const paperNamed = (arxivId: string) =>
  db.selectFrom('paper').selectAll().where('arxiv_id', '=', arxivId).executeTakeFirstOrThrow()
const log = () => db.selectFrom('feed_event').selectAll().orderBy('number').execute()

/** Changes with every row version of these tables. */
async function rowVersions() {
  const tables = [
    'paper',
    'listing',
    'paper_author',
    'paper_history',
    'account',
    'edition',
    'feed',
    'feed_event',
  ]
  const versions = tables.map((table) =>
    sql<{
      v: string
    }>`select string_agg(ctid::text || xmin::text, ' ') as v from ${sql.table(table)}`.execute(db),
  )
  return (await Promise.all(versions)).map(({ rows }) => rows[0]?.v)
}
