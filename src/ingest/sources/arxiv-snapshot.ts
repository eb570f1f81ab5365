import { z } from 'zod'
import type { Reading } from '../../../db/model/record.ts'
import { authorNames, greenwich, newestVersion } from './arxiv-parts.ts'
import { arxivRecord } from './arxiv-record.ts'
import { gunzipped, parseJson } from './bytes.ts'
import { readJsonLines } from './json-lines.ts'
import { observationTime } from './options.ts'
import { positionIn } from './rejections.ts'
import { type FileSource, wholeFileSource } from './source.ts'
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
    reading.rejections.push({ position, reason: 'This is not a record of the arXiv metadata snapshot.' })
    return reading
  }
  const line = parsed.data
  const versions = (line.versions ?? []).map(({ version, created }) => ({
    name: version ?? undefined,
    at: greenwich(created ?? undefined),
  }))
  const newest = newestVersion(versions)
  const names =
    line.authors_parsed?.map(([last, first, suffix]) =>
      // arXiv parts "C.-P." from itself.
      [first?.replace(/\. -(?=\p{L})/gu, '.-'), last, suffix].filter(Boolean).join(' '),
    ) ?? authorNames(line.authors ?? '')
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

/** The same records as a part of the snapshot is often kept: as a list, or one of them, over several lines. */
export const snapshotListSource = wholeFileSource({
  kind: 'arxiv-snapshot',
  source: 'arxiv',
  recognises: ({ start }) =>
    /^(?:\[\s*)?\{/.test(start) && /"(?:authors_parsed|update_date)"\s*:/.test(start.slice(0, 20_000)),
  read(bytes, options) {
    const json = parseJson(gunzipped(bytes))
    const records: unknown[] = Array.isArray(json) ? json : [json]
    const readings = records.map((record, index) =>
      readSnapshotLine(record, positionIn(options.name, `item ${index + 1}`), options.observedAt),
    )
    return {
      records: readings.flatMap((reading) => reading.records),
      rejections: readings.flatMap((reading) => reading.rejections),
      editions: [],
    }
  },
})
