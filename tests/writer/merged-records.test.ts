import { beforeAll, expect, test } from 'vitest'
import type { Db } from '../../db/database.ts'
import { recordPapers } from '../../db/writer/index.ts'
import { useTestDatabase } from '../support/database.ts'
import { aRecord } from '../support/records.ts'

const copy = useTestDatabase()
let db: Db
beforeAll(() => {
  db = copy.database.db
})

const noon = '2026-06-16T12:00:00.000Z'
const evening = '2026-06-16T20:00:00.000Z'

test('a record that a paper holds is known by its digest; one of another time, text or source is merged', async () => {
  const record = aRecord({ observedAt: noon })
  const batch = { source: 'huggingface' as const, records: [record] }
  await recordPapers(db, batch)
  const thePaper = () =>
    db.selectFrom('paper').select(['upvotes', 'merged_records']).executeTakeFirstOrThrow()
  const digests = async () => (await thePaper()).merged_records
  const [first] = await digests()
  expect(first).toHaveLength(27)
  // What only merging would write again.
  await db.updateTable('paper').set({ upvotes: 1 }).execute()
  expect(await recordPapers(db, batch)).toMatchObject({ papers: { new: 0, changed: 0, unchanged: 1 } })
  expect(await thePaper()).toMatchObject({ upvotes: 1 })
  const others = [
    { source: 'huggingface' as const, records: [{ ...record, observedAt: evening, upvotes: 4 }] },
    { source: 'huggingface' as const, records: [{ ...record, observedAt: evening, upvotes: 5 }] },
    { source: 'arxiv' as const, records: [{ ...record, observedAt: evening, title: 'Another Title' }] },
  ]
  for (const [index, other] of others.entries()) {
    expect(await recordPapers(db, other)).toMatchObject({ papers: { changed: 1 } })
    expect(await digests()).toHaveLength(index + 2)
  }
  await recordPapers(db, {
    ...batch,
    records: [{ ...record, observedAt: '2026-06-17T00:00:00.000Z', upvotes: 6 }],
  })
  expect(await digests()).toHaveLength(4)
  expect(await digests()).not.toContain(first)
})
