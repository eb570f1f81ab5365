import type { Reading } from '../../../db/model/record.ts'
import { gunzipped, parseJson } from './bytes.ts'
import { type Entries, newestInstant, newestPublication, parseEntries, readingOf } from './daily-papers.ts'
import { doubtfulName, timesInName } from './file-name.ts'
import { wholeFileSource } from './source.ts'
import { later, midnight } from './time.ts'

export interface SavedOptions {
  /** The file's name: it tells the list date and, at times, when the response was saved. */
  name?: string
  /** When the response was received (ISO instant), where somebody knows better than the file. */
  observedAt?: string
}

/**
 * A saved response of the Hugging Face API, gzipped or not. Throws a `SourceError` for bytes that are no JSON, no
 * response, or an error message.
 */
export function readSavedResponse(bytes: Uint8Array, options: SavedOptions = {}): Reading {
  const json = parseJson(gunzipped(bytes))
  const whole = Array.isArray(json) && isWholeAnswer(options.name, json.length)
  return readSavedJson(json, options, options.name, whole)
}

/** The same after parsing; `position` precedes "item 3" in rejections, `whole` says that nothing of a day is left out. */
export function readSavedJson(
  json: unknown,
  options: SavedOptions,
  position: string | undefined,
  whole = false,
): Reading {
  const parsed = parseEntries(json, position)
  const { date, instant, days } = timesInName(options.name)
  const observedAt = options.observedAt ?? instant ?? seenNoEarlierThan(parsed, date)
  if (observedAt === undefined) return { records: [], rejections: parsed.rejections, editions: [] }
  const reading = readingOf(parsed, { observedAt, whole, ...(date && { date }) })
  const isUnlisted = reading.records.some(({ listing }) => listing === undefined)
  if (!days || !parsed.list || !isUnlisted) return reading
  return { ...reading, notices: [{ position: position ?? '', message: doubtfulName(days) }] }
}

/** The entries of an answer without `limit`. */
const defaultLimit = 50

/**
 * Whether a file is known to be all of an edition: its name is the request (`daily_papers?date=2026-06-12`), which
 * asked for one day from its first page, and fewer entries came than it allowed. A list says nothing of what was
 * left out of it, and neither does a name of a day alone.
 */
function isWholeAnswer(name: string | undefined, entries: number): boolean {
  const request = /(?:^|[^a-z])daily_papers\W.*$/i.exec(decoded(name ?? ''))?.[0]
  if (!request || !/\bdate=\d{4}-\d\d-\d\d/.test(request) || /\b(?:submitter|q)=/.test(request)) return false
  const limit = Number(/(?:\b|_)limit=(\d+)/.exec(request)?.[1] ?? defaultLimit)
  const page = Number(/(?:\b|_)p=(\d+)/.exec(request)?.[1] ?? 0)
  return page === 0 && entries < limit
}

/** Browsers and tools save "?" and "=" as they are, or escaped. */
function decoded(name: string): string {
  try {
    return decodeURIComponent(name)
  } catch {
    return name
  }
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
