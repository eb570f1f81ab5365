import { addDays, periodOf } from '../../db/model/period.ts'
import type { Reading } from '../../db/model/record.ts'
import { type Clock, systemClock } from '../clock.ts'
import { SourceError } from './errors.ts'
import { json } from './http/body.ts'
import type { HttpClient, UpstreamAnswer } from './http/client.ts'
import { readDailyPapers } from './sources/daily-papers.ts'

/** What `/api/daily_papers` can be asked for: the edition of a day, or all editions of an ISO week or a month. */
export type EditionQuery = { date: string } | { week: string } | { month: string }

export interface HuggingFaceOptions {
  client: HttpClient
  clock?: Clock
  signal?: AbortSignal | undefined
}

/** The most that the API gives at once, and what it gives when it overlooks what was asked for. */
const pageSize = 100
const defaultPageSize = 50
/** A month has had 945 entries at most. */
const mostPages = 60
const mostPasses = 5

/**
 * What Hugging Face lists now, edition by edition. Throws an `UpstreamError` when it does not tell, and a
 * `SourceError` for a time that it has not reached yet.
 */
export async function* readEditions(
  queries: Iterable<EditionQuery>,
  { client, clock = systemClock, signal }: HuggingFaceOptions,
): AsyncGenerator<Reading> {
  for (const query of queries) {
    refuseFuture(query, clock.now())
    const { entries, observedAt, whole } = await readUntilStable(client, query, signal)
    const name = Object.entries(query)
      .map(([part, value]) => `${client.host} ${part}=${value}`)
      .join()
    if ('date' in query) {
      yield readDailyPapers(entries, { observedAt, whole, name, date: query.date })
      continue
    }
    for (const [date, listed] of Map.groupBy(entries, listDateOf)) {
      yield readDailyPapers(listed, { observedAt, whole, name, ...(date && { date }) })
    }
  }
}

/** All days from one to another, both included. */
export function* days(from: string, to: string): Generator<{ date: string }> {
  for (let date = from; date <= to; date = addDays(date, 1)) yield { date }
}

interface Pass {
  entries: unknown[]
  /** The instant of its first page: whatever came later has not been seen. */
  observedAt: string
  /** Whether nothing can have moved from a page not yet read to one already read. */
  whole: boolean
}

/**
 * Entries are in the order of their votes, which move while pages are read: an entry that rises meanwhile is on no
 * page. So a list of several pages is read until two passes see the same entries.
 */
async function readUntilStable(client: HttpClient, query: EditionQuery, signal?: AbortSignal): Promise<Pass> {
  const seen = new Map<string, unknown>()
  let before: string | undefined
  for (let passes = 1; ; passes += 1) {
    const { pages, keyed, observedAt } = await onePass(client, query, signal)
    for (const [key, entry] of keyed) seen.set(key, entry)
    const members = [...keyed.keys()].sort().join('\n')
    if (pages === 1 || members === before) return { entries: [...keyed.values()], observedAt, whole: true }
    if (passes === mostPasses) return { entries: [...seen.values()], observedAt, whole: false }
    before = members
  }
}

async function onePass(client: HttpClient, query: EditionQuery, signal?: AbortSignal) {
  const keyed = new Map<string, unknown>()
  let limit = pageSize
  let observedAt: string | undefined
  let linked = false
  for (let page = 0; page < mostPages; page += 1) {
    const { entries, more, receivedAt } = await client.get({
      path: '/api/daily_papers',
      query: { ...query, p: String(page), limit: String(limit) },
      type: json,
      read: readResponse,
      signal,
    })
    observedAt ??= receivedAt.toISOString()
    const known = keyed.size
    for (const [index, entry] of entries.entries()) {
      keyed.set(keyOf(entry) ?? `page ${page} item ${index}`, entry)
    }
    // A first page of exactly the default size was cut there: the rest follows in pages of that size.
    if (page === 0 && entries.length === defaultPageSize && !more) limit = defaultPageSize
    linked ||= more
    const last = !more && (linked || entries.length < limit)
    if (last || keyed.size === known) return { pages: page + 1, keyed, observedAt }
  }
  throw new SourceError(`${client.host} returns an endless series of pages. Request a shorter period.`)
}

function readResponse({ body, headers, receivedAt }: UpstreamAnswer) {
  const entries = parsed(body)
  if (!Array.isArray(entries)) {
    throw new SourceError('Hugging Face answered with JSON that is not a list of papers.')
  }
  const more = /rel="?next"?/.test(headers.get('link') ?? '')
  return { entries: entries as unknown[], more, receivedAt }
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString())
  } catch {
    throw new SourceError('Hugging Face answered with JSON that is cut off or damaged.')
  }
}

/** One paper on one edition; undefined for what is no entry, which is then rejected by itself. */
function keyOf(entry: unknown): string | undefined {
  const id = at(at(entry, 'paper'), 'id')
  return typeof id === 'string' ? `${id} ${listDateOf(entry) ?? ''}` : undefined
}

function listDateOf(entry: unknown): string | undefined {
  const listed = at(at(entry, 'paper'), 'submittedOnDailyAt')
  return typeof listed === 'string' ? listed.slice(0, 10) : undefined
}

function at(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined
}

/** The API answers such questions with an error that explains little. */
function refuseFuture(query: EditionQuery, now: Date): void {
  const day = now.toISOString().slice(0, 10)
  const [asked, today] =
    'date' in query
      ? [query.date, day]
      : 'month' in query
        ? [query.month, periodOf('month', day).name]
        : [query.week, periodOf('week', day).name]
  if (asked > today) {
    throw new SourceError(`${asked} is in the future: in UTC it is ${today}. Request that or an earlier one.`)
  }
}
