import { z } from 'zod'
import type { Reading } from '../../../db/model/record.ts'
import { authorNames, greenwich, newestVersion } from './arxiv-parts.ts'
import { arxivRecord } from './arxiv-record.ts'
import { readJsonLines } from './json-lines.ts'
import { observationTime } from './options.ts'
import type { FileSource } from './source.ts'
import { later, parseInstant } from './time.ts'

const words = z.string().nullish().catch(undefined)

/** So far as dates and names have to be put together; the rest is judged as that of arXiv's API. */
const lineShape = z.object({
  id: words,
  title: z.unknown(),
  abstract: z.unknown(),
  authors: words,
  authors_parsed: z.array(z.array(z.string())).nullish().catch(undefined),
  comments: z.unknown(),
  'journal-ref': z.unknown(),
  doi: z.unknown(),
  categories: words,
  versions: z
    .array(z.object({ version: words, created: words }))
    .nullish()
    .catch(undefined),
  update_date: words,
})

/**
 * A line of arXiv's metadata snapshot (`arxiv-metadata-oai-snapshot.json`, JSON Lines). It is observed when arXiv last
 * changed it: the day of `update_date`, and not before its newest version.
 */
function readSnapshotLine(json: unknown, position: string, observedAt?: string): Reading {
  const parsed = lineShape.safeParse(json)
  const reading: Reading = { records: [], rejections: [], editions: [] }
  if (!parsed.success) {
    reading.rejections.push({ position, reason: 'The line is not a record of the arXiv metadata snapshot.' })
    return reading
  }
  const line = parsed.data
  const versions = (line.versions ?? []).map(({ version, created }) => ({
    name: version ?? undefined,
    at: greenwich(created ?? undefined),
  }))
  const newest = newestVersion(versions)
  const names =
    line.authors_parsed?.map(([last, first, suffix]) => [first, last, suffix].filter(Boolean).join(' ')) ??
    authorNames(line.authors ?? '')
  const categories = line.categories?.trim().split(/\s+/) ?? []
  const read = arxivRecord(
    {
      id: line.id?.trim(),
      title: line.title,
      summary: line.abstract,
      published: versions[0]?.at,
      updated: newest?.at,
      authors: names.map((name) => ({ name })),
      comment: line.comments,
      journalRef: line['journal-ref'],
      doi: line.doi,
      primaryCategory: categories[0],
      categories,
    },
    position,
    {
      version: newest?.number,
      observedAt: observedAt
        ? observationTime(observedAt)
        : later(newest?.at, parseInstant(line.update_date ?? '')),
    },
  )
  if ('reason' in read) reading.rejections.push(read)
  else reading.records.push(read)
  return reading
}

export const snapshotSource: FileSource = {
  kind: 'arxiv-snapshot',
  source: 'arxiv',
  recognises: ({ start }) => /^\{[^\n]*"(?:authors_parsed|update_date)"\s*:/.test(start),
  read: (chunks, options) =>
    readJsonLines(chunks, {
      ...options,
      read: (json, position) => readSnapshotLine(json, position, options.observedAt),
    }),
}
