import type { Reading } from '../../../db/model/record.ts'
import { gunzipped, parseJson } from './bytes.ts'
import { type Entries, newestInstant, newestPublication, parseEntries, readingOf } from './daily-papers.ts'
import { wholeFileSource } from './source.ts'
import { later, midnight, timesInName } from './time.ts'

export interface SavedOptions {
  /** The file's name: it tells the list date and, at times, when the response was saved. */
  name?: string
  /** When the response was received (ISO instant), where somebody knows better than the file. */
  observedAt?: string
}

/** Where the API cuts a response: at its default `limit` and at its largest. */
const pageSizes = new Set([50, 100])

/**
 * A saved response of the Hugging Face API, gzipped or not. Throws a `SourceError` for bytes that are no JSON, no
 * response, or an error message.
 */
export function readSavedResponse(bytes: Uint8Array, options: SavedOptions = {}): Reading {
  return readSavedJson(parseJson(gunzipped(bytes)), options, options.name)
}

/** The same after parsing; `position` precedes "item 3" in rejections. */
export function readSavedJson(json: unknown, options: SavedOptions, position: string | undefined): Reading {
  const parsed = parseEntries(json, position)
  const { date, instant } = timesInName(options.name)
  const observedAt = options.observedAt ?? instant ?? seenNoEarlierThan(parsed, date)
  if (observedAt === undefined) return { records: [], rejections: parsed.rejections, editions: [] }
  const whole = !pageSizes.has(parsed.entries.length + parsed.rejections.length)
  return readingOf(parsed, { observedAt, whole, ...(date && { date }) })
}

/**
 * When a response was saved, if nobody tells: not before the day in its name, nor before anything that it mentions
 * (listings, claims, withdrawals; else the newest publication). A lower bound, and the same at every reading. It
 * orders an early and a late response about one day as they were: the late one mentions later things.
 */
function seenNoEarlierThan({ entries }: Entries, date: string | undefined): string | undefined {
  return later(date && midnight(date), newestInstant(entries)) ?? newestPublication(entries)
}

export const jsonSource = wholeFileSource({
  kind: 'json',
  source: 'json',
  recognises: ({ start }) => start.startsWith('[') || start.startsWith('{'),
  read: readSavedResponse,
})
