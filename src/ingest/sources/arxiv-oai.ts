import type { PaperRecord, Reading, Rejection } from '../../../db/model/record.ts'
import { foldSpace } from '../../../db/model/text.ts'
import { SourceError } from '../errors.ts'
import type { AtomOptions } from './arxiv.ts'
import { authorNames, greenwich, newestVersion } from './arxiv-parts.ts'
import { type ArxivFields, arxivRecord } from './arxiv-record.ts'
import { decode, gunzipped } from './bytes.ts'
import { observationTime } from './options.ts'
import { positionIn } from './rejections.ts'
import { wholeFileSource } from './source.ts'
import { later, parseInstant } from './time.ts'
import { all, isElement, parseXml, type XmlElement, type XmlNode, xmlText } from './xml.ts'

interface OaiFields extends ArxivFields {
  version?: number
  /** Whether dates are days, so that a time of the day is better known elsewhere. */
  daysOnly?: boolean
}

/**
 * An OAI-PMH answer of arXiv with records in `arXivRaw`, `arXiv` or `oai_dc`. A record is observed when arXiv last
 * changed it; one in a format that tells only days, at the day of its newest version, so that it never replaces the
 * exact times of the same version.
 */
export function readOaiAnswer(xml: string, options: AtomOptions = {}): Reading {
  const answer = parseXml(xml.replace(/^\uFEFF/, '').trimStart())['OAI-PMH']
  if (!isElement(answer)) throw new SourceError('This XML is not an OAI-PMH answer of arXiv.')
  const fault = all(answer.error)[0]
  if (fault)
    throw new SourceError(`arXiv answered with an error: ${foldSpace(said(fault) ?? '').slice(0, 200)}.`)
  const lists = [...all(answer.ListRecords), ...all(answer.GetRecord)].filter(isElement)
  if (lists.length === 0) {
    throw new SourceError(
      'This OAI-PMH answer has no records. Supported are answers to ListRecords and GetRecord.',
    )
  }
  const records: PaperRecord[] = []
  const rejections: Rejection[] = []
  for (const [index, record] of lists.flatMap((list) => all(list.record)).entries()) {
    const read = readRecord(record, positionIn(options.name, `record ${index + 1}`), options)
    if ('reason' in read) rejections.push(read)
    else records.push(read)
  }
  return { records, rejections, editions: [] }
}

function readRecord(record: XmlNode, position: string, options: AtomOptions): PaperRecord | Rejection {
  const header = isElement(record) && isElement(record.header) ? record.header : {}
  if (header['@status'] === 'deleted') return { position, reason: 'arXiv has deleted this record.' }
  const metadata = isElement(record) && isElement(record.metadata) ? record.metadata : {}
  const fields = fieldsOf(metadata, header)
  if (!fields) {
    return {
      position,
      reason: 'The record is in an unknown format; supported are arXivRaw, arXiv and oai_dc.',
    }
  }
  const changed = fields.daysOnly ? undefined : parseInstant(said(header.datestamp)?.trim() ?? '')
  const updated = typeof fields.updated === 'string' ? parseInstant(fields.updated) : undefined
  const observedAt =
    options.observedAt === undefined ? later(changed, updated) : observationTime(options.observedAt)
  return arxivRecord(fields, position, { version: fields.version, observedAt })
}

function fieldsOf(metadata: XmlElement, header: XmlElement): OaiFields | undefined {
  const { arXivRaw: raw, arXiv: parsed, dc } = metadata
  if (isElement(raw)) return fieldsOfRaw(raw)
  if (isElement(parsed)) return fieldsOfParsed(parsed)
  return isElement(dc) ? fieldsOfDublinCore(dc, header) : undefined
}

function fieldsOfRaw(raw: XmlElement): OaiFields {
  const versions = all(raw.version).map((version) =>
    isElement(version) ? { name: said(version['@version']), at: greenwich(said(version.date)) } : {},
  )
  const newest = newestVersion(versions)
  return {
    ...common(raw),
    published: versions[0]?.at,
    updated: newest?.at,
    authors: authorNames(said(raw.authors) ?? '').map((name) => ({ name })),
    ...(newest?.number && { version: newest.number }),
  }
}

function fieldsOfParsed(parsed: XmlElement): OaiFields {
  const authors = isElement(parsed.authors) ? all(parsed.authors.author) : []
  const created = said(parsed.created)?.trim()
  return {
    ...common(parsed),
    published: created,
    updated: said(parsed.updated)?.trim() ?? created,
    authors: authors.map((author) => ({ name: isElement(author) ? fullName(author) : undefined })),
    daysOnly: true,
  }
}

function fullName({ forenames, keyname, suffix }: XmlElement): string {
  return [forenames, keyname, suffix].flatMap((part) => said(part) ?? []).join(' ')
}

function common(metadata: XmlElement): Omit<OaiFields, 'authors'> {
  const categories = said(metadata.categories)?.trim().split(/\s+/) ?? []
  return {
    id: said(metadata.id)?.trim(),
    title: said(metadata.title),
    summary: said(metadata.abstract),
    comment: said(metadata.comments),
    journalRef: said(metadata['journal-ref']),
    doi: said(metadata.doi),
    primaryCategory: categories[0],
    categories,
  }
}

function fieldsOfDublinCore(dc: XmlElement, header: XmlElement): OaiFields {
  const dates = all(dc.date)
    .flatMap((date) => said(date)?.trim() ?? [])
    .sort()
  const descriptions = all(dc.description).map(said)
  const identifiers = all(dc.identifier).flatMap((identifier) => said(identifier)?.trim() ?? [])
  const page = identifiers.find((identifier) => /arxiv\.org\/abs\//.test(identifier))
  const name = said(header.identifier)
  return {
    id: /\/abs\/(.+)$/.exec(page ?? '')?.[1] ?? /arXiv\.org:(.+)$/i.exec(name ?? '')?.[1],
    title: said(all(dc.title)[0]),
    summary: descriptions.find((text) => text && !/^\s*Comment:/.test(text)),
    comment: descriptions.find((text) => text && /^\s*Comment:/.test(text))?.replace(/^\s*Comment:\s*/, ''),
    published: dates[0],
    updated: dates.at(-1),
    doi: identifiers.find((identifier) => identifier.startsWith('doi:'))?.slice(4),
    authors: all(dc.creator).map((creator) => ({
      name: said(creator)?.replace(/^([^,]+), ([^,]+)$/, '$2 $1'),
    })),
    categories: all(header.setSpec).flatMap((set) => categoryOf(said(set) ?? '') ?? []),
    daysOnly: true,
  }
}

/** `cs:cs:NE` is cs.NE and `physics:hep-ph` is hep-ph; a set alone is no category. */
function categoryOf(set: string): string | undefined {
  const [, ...parts] = set.trim().split(':')
  return parts.length > 0 ? parts.join('.') : undefined
}

const said = (node: XmlNode) => xmlText(node)

export const oaiSource = wholeFileSource({
  kind: 'oai',
  source: 'arxiv',
  recognises: ({ start }) => start.startsWith('<') && /<([\w-]+:)?OAI-PMH[\s>]/.test(start),
  read: (bytes, options) => readOaiAnswer(decode(gunzipped(bytes)), options),
})
