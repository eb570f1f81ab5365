import type { Reading, Rejection } from '../../../db/model/record.ts'
import { SourceError } from '../errors.ts'
import { decode, gunzipped } from './bytes.ts'
import { newestInstant, newestPublication, parseEntries, readingOf } from './daily-papers.ts'
import { timesInName } from './file-name.ts'
import { type HtmlPage, readHtml } from './page/html.ts'
import { isMhtml, pageOfMhtml } from './page/mhtml.ts'
import { type PageOptions, readPageLines } from './page.ts'
import { positionIn } from './rejections.ts'
import { type FileHead, type FileSource, type ReadOptions, wholeFileSource } from './source.ts'
import { dayOf, later, midnight, parseDay } from './time.ts'

/** What the page gives to its parts, so far as it is about papers. */
interface PageData {
  dailyPapers?: unknown
  paper?: unknown
  dateString?: unknown
  periodType?: unknown
  query?: unknown
  isTrending?: unknown
}

/**
 * A page of huggingface.co/papers as a browser saves it: HTML, one file with everything (MHTML), or its source. The
 * page holds the entries of its list, and the paper of a paper's page, as JSON of the API's shape. Throws a
 * `SourceError` for a page without papers.
 */
export function readSavedPage(page: HtmlPage, options: ReadOptions = {}): Reading {
  const data = page.data.flatMap(parsed)
  const reading: Reading = { records: [], rejections: [], editions: [] }
  for (const part of data) append(reading, readPart(part, page, options))
  if (data.length > 0) {
    if (reading.records.length + reading.rejections.length === 0) {
      reading.notices = [{ position: positionIn(options.name, 'page'), message: 'The page lists no papers.' }]
    }
    return withDepth(reading, page, options)
  }
  if (page.data.length > 0) throw new SourceError(`The data of the page is not complete JSON. ${again}`)
  return withDepth(readShown(page, options), page, options)
}

const again = 'Save the page again, or save the response of the API.'

/** The cards as the page shows them, where a tool has left its data out. */
function readShown(page: HtmlPage, options: ReadOptions): Reading {
  const observedAt = options.observedAt ?? page.savedAt
  const pageOptions: PageOptions = { ...options, ...(observedAt && { observedAt }) }
  const lines = page.lines.map((line, index) =>
    index === 0 ? { ...line, links: [...line.links, ...page.addresses] } : line,
  )
  if (lines.length > 0) return readPageLines(lines, pageOptions)
  throw new SourceError(`The web page (HTML) shows no text; it may be cut off. ${again}`)
}

function readPart(part: PageData, page: HtmlPage, options: ReadOptions): Reading {
  const list = Array.isArray(part.dailyPapers)
  const entries = list ? part.dailyPapers : { paper: part.paper }
  const parsedEntries = parseEntries(entries, positionIn(options.name, 'page'))
  const { date: named, instant } = timesInName(options.name)
  const shown =
    list &&
    part.periodType === 'day' &&
    typeof part.dateString === 'string' &&
    !part.query &&
    !part.isTrending
  const day = shown ? parseDay(String(part.dateString).slice(0, 10)) : undefined
  const lower = later(day && midnight(day), newestInstant(parsedEntries.entries))
  const observedAt =
    options.observedAt ??
    instant ??
    page.savedAt ??
    later(named && midnight(named), lower) ??
    newestPublication(parsedEntries.entries)
  if (observedAt === undefined) return { records: [], rejections: parsedEntries.rejections, editions: [] }
  // The page of a day lists all of it; what is on it now can have come from another day's list.
  const whole = day !== undefined && dayOf(observedAt) >= day
  return readingOf(parsedEntries, { observedAt, whole, ...(day && { date: day }) })
}

function parsed(json: string): PageData[] {
  try {
    const value: unknown = JSON.parse(json)
    if (typeof value !== 'object' || value === null) return []
    if (Array.isArray(value)) return [{ dailyPapers: value }]
    const { dailyPapers, paper } = value as PageData
    const isPaper = typeof paper === 'object' && paper !== null && 'id' in paper && 'title' in paper
    return Array.isArray(dailyPapers) || isPaper ? [value] : []
  } catch {
    return []
  }
}

function append(to: Reading, from: Reading): void {
  to.records.push(...from.records)
  to.rejections.push(...from.rejections)
  to.editions.push(...from.editions)
  if (from.counts) to.counts = [...(to.counts ?? []), ...from.counts]
  if (from.details) to.details = [...(to.details ?? []), ...from.details]
}

function withDepth(reading: Reading, { tooDeep }: HtmlPage, { name }: ReadOptions): Reading {
  if (!tooDeep) return reading
  const reason = `The elements of the page are nested too deep; what follows them was not read. ${again}`
  const rejection: Rejection = { position: positionIn(name, 'page'), reason }
  return { ...reading, rejections: [...reading.rejections, rejection], editions: [] }
}

/** Reads the page out of whatever a browser saved; the source of a page that was saved as a page is unwrapped. */
export function openSavedPage(bytes: Uint8Array): HtmlPage {
  const text = decode(gunzipped(bytes)).replace(/^\uFEFF/, '')
  const mhtml = isMhtml(text) ? pageOfMhtml(text) : undefined
  const page = readHtml(mhtml?.html ?? text)
  const source = page.data.length === 0 && /class="line-content"/.test(text.slice(0, 100_000))
  const unwrapped = source ? readHtml(page.lines.map((line) => line.text).join('\n')) : page
  if (unwrapped.data.length === 0) {
    // A browser saves a response that it shows as a page around it.
    const shown = unwrapped.lines.map((line) => line.text).join(' ')
    if (/^[[{]/.test(shown)) unwrapped.data.push(shown)
    else if (/data-target="DailyPapers"/.test(text))
      throw new SourceError(`The data of the page is not complete; the file is cut off. ${again}`)
  }
  return {
    ...unwrapped,
    addresses: [...unwrapped.addresses, ...(mhtml?.address ? [mhtml.address] : [])],
    ...(mhtml?.savedAt && { savedAt: mhtml.savedAt }),
  }
}

/** Converters leave tags around Markdown that they cannot put otherwise. */
const isMarkdown = (start: string) =>
  /^<(?:div|article|section|main)\b/i.test(start) &&
  /\]\((?:https:\/\/huggingface\.co)?\/papers\//.test(start) &&
  !/<(?:body|h[1-6])\b/i.test(start)

const recognises = ({ start }: FileHead) =>
  (isMhtml(start) ||
    /^(?:<\?xml[^>]*\?>\s*)?(?:<!--[\s\S]{0,500}?-->\s*)*<(?:!doctype html|html|head|body|main|div|article|section|meta)\b/i.test(
      start,
    )) &&
  !isMarkdown(start)

/** With its data a page is a response of Hugging Face; without, it is what a page shows. */
const shown = wholeFileSource({
  kind: 'html',
  source: 'page',
  recognises,
  read: (bytes, options) => readSavedPage(openSavedPage(bytes), options),
})

export const htmlSource: FileSource = {
  ...shown,
  choose: (bytes) =>
    openSavedPage(bytes).data.flatMap(parsed).length > 0 ? { ...shown, source: 'json' } : shown,
}
