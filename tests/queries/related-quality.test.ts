import { beforeAll, describe, expect, test } from 'vitest'
import { relatedByPaperIds } from '../../db/related.ts'
import { plantSeeds } from '../../seeds/plant.ts'
import { findFiles, readFiles } from '../../src/ingest/files.ts'
import { ingest } from '../../src/ingest/run.ts'
import { createTestDatabase, useTestDatabase } from '../support/database.ts'
import { judgedPapers } from '../support/judged-search.ts'

/** Subjects: papers whose titles say that they are on it, and what the title or abstract of a paper on it says. */
const subjects = {
  'Gaussian splatting': {
    title: /splat|gaussian/i,
    text: /gaussian|splat|radiance field|novel view|3D (scene|reconstruction)/i,
  },
  'vision-language-action models': {
    title: /vision-language-action|\bVLAs?\b/i,
    text: /robot|embodied|manipulation|vision-language-action|humanoid/i,
  },
  'sparse attention, key-value caches and quantization': {
    title: /sparse attention|KV[- ]cache|sparsity|quantiz/i,
    text: /sparse attention|sparsity|KV[- ]cache|key-value cache|quantiz|prun|compress/i,
  },
}

const first = 5
const copy = useTestDatabase()
let papers: { id: number; title: string; abstract: string | null }[]

async function load(path: string): Promise<void> {
  const onFault = ({ message }: { message: string }) => {
    throw new Error(message)
  }
  const { files } = await findFiles([path])
  for await (const { source, readings } of readFiles(files, { onFault }))
    await ingest(copy.database.db, source, readings)
  papers = await copy.database.db.selectFrom('paper').select(['id', 'title', 'abstract']).execute()
}

describe('real papers', () => {
  beforeAll(() => load(judgedPapers))

  for (const [name, { title, text }] of Object.entries(subjects)) {
    test(`at least 80 % of the first ${first} papers related to those on ${name} are on it`, async () => {
      const onSubject = new Set(
        papers.filter((one) => text.test(`${one.title} ${one.abstract}`)).map(({ id }) => id),
      )
      const ids = papers.filter((one) => title.test(one.title)).map(({ id }) => id)
      expect(ids.length).toBeGreaterThan(8)
      const related = await relatedByPaperIds(copy.database.db, ids, first)
      const found = [...related.values()].flat().filter(({ related_id }) => onSubject.has(related_id))
      expect(found.length / (ids.length * first)).toBeGreaterThanOrEqual(0.8)
    })
  }

  test('have related papers, each of them, and the same ones each time', async () => {
    const ids = papers.slice(0, 150).map(({ id }) => id)
    const related = await relatedByPaperIds(copy.database.db, ids, first)
    expect(ids.filter((id) => !related.has(id))).toEqual([])
    for (const [id, again] of await relatedByPaperIds(copy.database.db, ids.slice(0, 20), first))
      expect(again).toEqual(related.get(id))
  })
})

test('each paper of the seeds has related papers', async () => {
  await using database = await createTestDatabase()
  const { db } = database.database
  expect(await plantSeeds(db)).toBe(43)
  const ids = (await db.selectFrom('paper').select('id').execute()).map(({ id }) => id)
  expect((await relatedByPaperIds(db, ids, first)).size).toBe(43)
})
