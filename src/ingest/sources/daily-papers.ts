import type { PaperRecord, Reading, Rejection } from '../../../db/model/record.ts'
import { SourceError } from '../errors.ts'
import { type Entry, entryShape, recordOf } from './daily-papers-entry.ts'
import { listInstant } from './list-date.ts'
import { listDate, observationTime } from './options.ts'
import { detailOf } from './paper-details.ts'
import { positionIn, rejection } from './rejections.ts'
import { quote } from './shapes.ts'
import { later } from './time.ts'

export interface DailyPapersOptions {
  /** When the response was received (ISO instant). */
  observedAt: string
  /** The list date that was asked for, `YYYY-MM-DD`; responses before May 2025 do not have it themselves. */
  date?: string
  /** False when pages of the response are missing, so that it does not stand for a whole edition. Default true. */
  whole?: boolean
  /** Stands before "item 3" in the positions of rejections, e.g. a file's name. */
  name?: string
}

/** Entries that passed, and rejections of those that did not. */
export interface Entries {
  entries: Entry[]
  rejections: Rejection[]
  /** Whether the JSON was a list, rather than one paper. */
  list: boolean
  /** Papers without an entry around them, as `/api/papers` and `/api/papers/{id}` give them: entry and JSON. */
  flat: ReadonlyMap<Entry, object>
}

/**
 * A response of `/api/daily_papers`, `/api/papers/search`, `/api/papers` or `/api/papers/{id}`, of any time since
 * 2023, or one entry of it. Throws a `SourceError` when it is none of these.
 */
export function readDailyPapers(json: unknown, options: DailyPapersOptions): Reading {
  return readingOf(parseEntries(json, options.name), options)
}

/** The first half of `readDailyPapers`, for sources that learn the time of the response from its entries. */
export function parseEntries(json: unknown, name?: string): Entries {
  const list = Array.isArray(json)
  const items: unknown[] = list ? json : [json]
  if (!list) refuseOtherThanPaper(json)
  const entries: Entry[] = []
  const flatEntries = new Map<Entry, object>()
  const rejections: Rejection[] = []
  for (const [index, item] of items.entries()) {
    const flat = isObject(item) && !('paper' in item)
    const input = flat ? { ...item, paper: item } : withOwnTexts(item)
    const parsed = entryShape.safeParse(input)
    if (parsed.success) {
      entries.push(parsed.data)
      if (flat) flatEntries.set(parsed.data, item)
    } else {
      const rejected = rejection(
        list ? positionIn(name, `item ${index + 1}`) : (name ?? 'item 1'),
        input,
        parsed.error,
      )
      rejections.push(flat ? withoutWrapper(rejected) : rejected)
    }
  }
  return { entries, rejections, list, flat: flatEntries }
}

/** The second half: what the entries say, as seen at `observedAt`. */
export function readingOf(
  { entries, rejections, list, flat }: Entries,
  options: DailyPapersOptions,
): Reading {
  const observedAt = observationTime(options.observedAt)
  const date = options.date === undefined ? undefined : listDate(options.date)
  const records = entries.map((item) => recordOf(item, observedAt, date, flat.has(item)))
  const details = [...flat].flatMap(([{ paper }, json]) => detailOf(json, paper.id, observedAt) ?? [])
  const listed = list && options.whole !== false ? onlyDate(records) : undefined
  const edition = date === undefined || date === listed ? listed : undefined
  const whole = edition !== undefined && rejections.length === 0
  const editions = whole ? [{ date: edition, readAt: observedAt }] : []
  const counts =
    edition === undefined
      ? []
      : [{ date: edition, countedAt: observedAt, expected: entries.length + rejections.length }]
  return {
    records,
    rejections,
    editions,
    ...(counts.length > 0 && { counts }),
    ...(details.length > 0 && { details }),
  }
}

/**
 * The newest instant that the entries mention, apart from publication: none of it can have been written before it
 * happened, so the response is at least that new.
 */
export function newestInstant(entries: readonly Entry[]): string | undefined {
  let newest: string | undefined
  for (const item of entries) {
    newest = later(newest, item.paper.submittedOnDailyAt ?? listInstant(item))
    newest = later(newest, item.paper.withdrawnAt ?? undefined)
    for (const author of item.paper.authors ?? [])
      newest = later(newest, author.statusLastChangedAt ?? undefined)
  }
  return newest
}

/** The day of the newest paper: a response about it is at least that new. */
export function newestPublication(entries: readonly Entry[]): string | undefined {
  return entries.reduce<string | undefined>(
    (newest, item) => later(newest, item.paper.publishedAt),
    undefined,
  )
}

function onlyDate(records: readonly PaperRecord[]): string | undefined {
  const date = records[0]?.listing?.date
  return records.every(({ listing }) => listing?.date === date) ? date : undefined
}

/**
 * Title and abstract stand in `paper` and again outside, there type-set otherwise in old responses (`$μ$LO`); the
 * outer ones only fill in.
 */
function withOwnTexts(item: unknown): unknown {
  if (!isObject(item) || !isObject(item.paper)) return item
  const { paper } = item
  if (paper.title != null && paper.summary != null) return item
  return {
    ...item,
    paper: { ...paper, title: paper.title ?? item.title, summary: paper.summary ?? item.summary },
  }
}

function refuseOtherThanPaper(json: unknown): void {
  if (isObject(json)) {
    if ('paper' in json || ('id' in json && 'title' in json)) return
    if (typeof json.error === 'string')
      throw new SourceError(`The API answered with an error: ${quote(json.error)}.`)
  }
  throw new SourceError(
    'This JSON is not a response of the Daily Papers API: expected an array of entries or one paper. Save the response of /api/daily_papers unchanged.',
  )
}

function withoutWrapper({ path, ...rest }: Rejection): Rejection {
  const own = path?.replace(/^paper\.?/, '')
  return own ? { ...rest, path: own } : rest
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
