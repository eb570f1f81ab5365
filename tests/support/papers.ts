import type { Db } from '../../db/database.ts'
import type { PaperRecord } from '../../db/model/record.ts'
import type { IngestBatch } from '../../db/writer/batch.ts'
import { recordPapers } from '../../db/writer/index.ts'
import { aRecord } from './records.ts'

/** What a test says of a paper; `arxivId: undefined` for one without. */
type Planted = Partial<Omit<PaperRecord, 'arxivId'>> & { readonly arxivId?: string | undefined }

/** Stores papers through the one writer: `aRecord` with a number of its own, a title, and what the test says. */
export async function plant(
  db: Db,
  papers: readonly Planted[],
  options: Partial<Pick<IngestBatch, 'source' | 'editions'>> = {},
): Promise<void> {
  const records = papers.map((paper, index) => {
    const { arxivId: id, ...rest } = { arxivId: arxivId(index + 1), ...paper }
    const { arxivId: _, ...record } = aRecord({ title: `Paper ${index + 1}`, ...rest })
    return id === undefined ? record : { arxivId: id, ...record }
  })
  await recordPapers(db, { source: 'huggingface', records, ...options })
}

/** `2606.00001` and so on. */
export const arxivId = (number: number) => `2606.${String(number).padStart(5, '0')}`

/** The global id of an object. */
export const globalId = (type: string, key: string | number) =>
  Buffer.from(`${type}:${key}`).toString('base64')
