import { parseArxivId } from '../../../db/model/arxiv-id.ts'
import type { PaperRecord, Reading, Rejection } from '../../../db/model/record.ts'
import { foldSpace } from '../../../db/model/text.ts'
import { SourceError } from '../errors.ts'
import { type ArxivFields, arxivRecord } from './arxiv-record.ts'
import { decode, gunzipped } from './bytes.ts'
import { observationTime } from './options.ts'
import { positionIn } from './rejections.ts'
import { wholeFileSource } from './source.ts'
import { all, isElement, parseXml, type XmlElement, type XmlNode, xmlText } from './xml.ts'

export interface AtomOptions {
  /** Overrides the time of observation; see `readAtomFeed` for what it is without. */
  observedAt?: string
  /** Stands before "entry 3" in the positions of rejections. */
  name?: string
}

/**
 * An answer of the arXiv API (Atom, either generation). Throws a `SourceError` for an empty body, for HTML, for a
 * feed that is cut off, and for the error that arXiv sends as a feed with status 200.
 *
 * A record is observed at its entry's own `updated`: that is when arXiv last changed what the entry says, so the
 * same answer read twice is the same record, and an old answer read late does not beat a newer one.
 */
export function readAtomFeed(xml: string, options: AtomOptions = {}): Reading {
  const observedAt = options.observedAt === undefined ? undefined : observationTime(options.observedAt)
  const entries = entriesOf(xml).map(fieldsOf)
  const records: PaperRecord[] = []
  const rejections: Rejection[] = []
  for (const [index, fields] of entries.entries()) {
    const position = positionIn(options.name, `entry ${index + 1}`)
    const error = errorOf(fields)
    if (error && entries.length === 1) throw new SourceError(`${error} Correct the ids or the query.`)
    const version = parseArxivId(fields.id ?? '')?.version
    const read = error ? { position, reason: error } : arxivRecord(fields, position, { version, observedAt })
    if ('reason' in read) rejections.push(read)
    else records.push(read)
  }
  return { records, rejections, editions: [] }
}

function entriesOf(xml: string): XmlElement[] {
  const start = xml.replace(/^\uFEFF/, '').trimStart()
  if (start === '') {
    throw new SourceError(
      'arXiv answered with an empty body, as it does after too many requests. Wait a few seconds and try again.',
    )
  }
  if (/^rate exceeded/i.test(start))
    throw new SourceError('arXiv answered "Rate exceeded.": wait a few seconds and try again.')
  if (/^<(!doctype html|html)/i.test(start)) {
    throw new SourceError(
      'This is a web page (HTML), not a response of the arXiv API. Use export.arxiv.org/api/query.',
    )
  }
  const { feed } = parseXml(start)
  if (feed === undefined || Array.isArray(feed)) {
    throw new SourceError('This XML is not an Atom feed; expected a response of export.arxiv.org/api/query.')
  }
  return isElement(feed) ? all(feed.entry).map((entry) => (isElement(entry) ? entry : {})) : []
}

/** An entry's values under our names, for zod to judge. */
function fieldsOf(entry: XmlElement): ArxivFields & { summary?: string | undefined } {
  const url = xmlText(entry.id)?.trim()
  return {
    id: url && (/\/abs\/(.+)$/.exec(url)?.[1] ?? url),
    title: xmlText(entry.title),
    summary: xmlText(entry.summary),
    published: xmlText(entry.published)?.trim(),
    updated: xmlText(entry.updated)?.trim(),
    authors: all(entry.author).map((author) => ({
      name: isElement(author) ? xmlText(author.name) : undefined,
    })),
    comment: xmlText(entry.comment),
    journalRef: xmlText(entry.journal_ref),
    doi: xmlText(entry.doi),
    primaryCategory: termOf(entry.primary_category),
    categories: all(entry.category).map(termOf),
  }
}

/** What arXiv found wrong with the request; its errors come as an entry with status 200. */
function errorOf({ id, summary }: ReturnType<typeof fieldsOf>): string | undefined {
  if (!id || !/\/api\/errors\b/.test(id)) return undefined
  return `arXiv answered with an error: ${foldSpace(summary ?? id).slice(0, 200)}.`
}

function termOf(node: XmlNode): string | undefined {
  const term = isElement(node) ? node['@term'] : undefined
  return typeof term === 'string' ? term : undefined
}

export const arxivSource = wholeFileSource({
  kind: 'arxiv',
  source: 'arxiv',
  recognises: ({ start }) => start.startsWith('<') && /<([\w-]+:)?feed[\s>]/.test(start),
  read: (bytes, options) => readAtomFeed(decode(gunzipped(bytes)), options),
})
