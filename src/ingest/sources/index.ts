import type { Reading } from '../../../db/model/record.ts'
import { SourceError } from '../errors.ts'
import { arxivSource } from './arxiv.ts'
import { oaiSource } from './arxiv-oai.ts'
import { snapshotListSource, snapshotSource } from './arxiv-snapshot.ts'
import { type Chunks, collect, gunzippedStream, isGzip, utf16Of } from './bytes.ts'
import { htmlSource } from './html-page.ts'
import { jsonSource } from './json.ts'
import { jsonLinesSource } from './json-lines.ts'
import { pageSource } from './page.ts'
import { quote } from './shapes.ts'
import type { FileHead, FileSource, ReadOptions } from './source.ts'

/** What can be read from a file. The first that recognises it reads it: JSON Lines are also the beginning of JSON. */
const fileSources: readonly FileSource[] = [
  htmlSource,
  pageSource,
  arxivSource,
  oaiSource,
  snapshotSource,
  snapshotListSource,
  jsonLinesSource,
  jsonSource,
]

/** Bytes that tell what a file is: enough for the first line of most JSON Lines. */
const headBytes = 256 * 1024

/**
 * Which source reads a file of that name that begins with these bytes (unzipped; the whole of a small file). Throws
 * a `SourceError` that names what the file is instead.
 */
export function detectSource(name: string, bytes: Uint8Array): FileSource {
  const head = headOf(name, bytes)
  const unsupported = unsupportedKinds.find(([pattern]) => pattern.test(head.start.slice(0, 20_000)))
  if (unsupported) throw new SourceError(`The file is ${unsupported[1]}. ${readable}`)
  const source = head.start === '' ? undefined : fileSources.find((candidate) => candidate.recognises(head))
  if (!source) throw new SourceError(whatElse(head, bytes))
  return source
}

export interface OpenedSource {
  source: FileSource
  /** One reading for a whole file, many for JSON Lines. Throws a `SourceError` when the input cannot be read. */
  readings: AsyncIterable<Reading>
}

/** Unzips a stream where needed, finds its source by its first bytes and reads it. */
export async function openSource(chunks: Chunks, options: ReadOptions = {}): Promise<OpenedSource> {
  let peeked = await peek(chunks, 2)
  peeked = await peek(isGzip(peeked.head) ? gunzippedStream(peeked.chunks) : peeked.chunks, headBytes)
  try {
    const source = detectSource(options.name ?? '', peeked.head)
    if (!source.choose) return { source, readings: source.read(peeked.chunks, options) }
    const bytes = await collect(peeked.chunks)
    const chosen = source.choose(bytes)
    return { source: chosen, readings: chosen.read(once(bytes), options) }
  } catch (error) {
    await peeked.chunks[Symbol.asyncIterator]().return?.()
    throw error
  }
}

async function* once(bytes: Uint8Array): Chunks {
  yield bytes
}

/** The first bytes of a stream, and the stream as if nobody had looked, to be read once. */
async function peek(chunks: Chunks, length: number): Promise<{ head: Uint8Array; chunks: Chunks }> {
  const iterator = chunks[Symbol.asyncIterator]()
  const seen: Uint8Array[] = []
  let size = 0
  while (size < length) {
    const { done, value } = await iterator.next()
    if (done) break
    seen.push(value)
    size += value.length
  }
  const head = Buffer.concat(seen)
  const again: AsyncIterator<Uint8Array> = {
    async next() {
      const value = seen.shift()
      return value ? { done: false, value } : iterator.next()
    },
    // An explicit iterator, because leaving a generator that was never entered would not close the stream.
    async return() {
      await iterator.return?.()
      return { done: true, value: undefined }
    },
  }
  return { head, chunks: { [Symbol.asyncIterator]: () => again } }
}

function headOf(name: string, bytes: Uint8Array): FileHead {
  const base = name.split(/[/\\]/).at(-1) ?? ''
  // As a stream, so that a character which the cut divides is left out.
  const text = new TextDecoder(utf16Of(bytes) ?? 'utf-8').decode(bytes.subarray(0, headBytes), {
    stream: true,
  })
  const all = bytes.length < headBytes
  return { name: base.toLowerCase().replace(/\.gz$/, ''), start: text.trimStart(), all }
}

const readable =
  'Supported files are captures of the Daily Papers page (text, Markdown, HTML or MHTML), responses of the Hugging Face API (JSON or JSON Lines), and of arXiv: responses of its API (Atom), OAI-PMH answers (arXivRaw, arXiv, oai_dc) and the metadata snapshot (JSON Lines); each optionally gzipped.'

const prolog = String.raw`(?:<\?[^>]{0,500}\?>\s*|<!--[\s\S]{0,500}?-->\s*|<!DOCTYPE[^>]{0,500}>\s*){0,5}`

/** What people have of papers and is not read, with the reason. Keys in the text of a paper have escaped quotes. */
const unsupportedKinds: [pattern: RegExp, kind: string][] = [
  [
    /^[[{][\s\S]*"(?:paperId|corpusid|corpusId|externalIds|externalids|citingPaper|citedPaper|recommendedPapers)"\s*:/,
    'an answer or a data set of Semantic Scholar, whose dates and titles differ from those of arXiv, and which is not supported',
  ],
  [
    /^[[{][\s\S]*(?:"(?:paper_url|paper_title|url_abs|repo_url|paper_url_abs|subtasks)"\s*:|"(?:url|source_link)"\s*:\s*"https?:\/\/(?:www\.)?paperswithcode\.com\/)/,
    'a dump of Papers with Code, which is not supported',
  ],
  [
    new RegExp(`^${prolog}<(?:rss|rdf:RDF)[\\s>]`, 'i'),
    'an RSS feed, which does not say when a paper was published, and is not supported',
  ],
  [
    new RegExp(String.raw`^${prolog}<feed[\s\S]*<id>\s*oai:arXiv\.org:`),
    'the Atom form of the RSS feed of arXiv, which does not say when a paper was published, and is not supported',
  ],
  [/^@\w+\s*[{(]/, 'BibTeX, which is not supported'],
  [/^TY {2}- /, 'RIS, which is not supported'],
]

const signatures: [start: string, kind: string][] = [
  ['%PDF', 'a PDF'],
  ['\x89PNG', 'a PNG image'],
  ['\xff\xd8\xff', 'a JPEG image'],
  ['GIF8', 'a GIF image'],
  ['PK\x03\x04', 'a ZIP archive (or an office document)'],
  ['\x1f\x8b', 'gzipped twice'],
  ['(\xb5\x2f\xfd', 'compressed with zstd'],
  ['BZh', 'compressed with bzip2'],
  ['\xfd7zXZ', 'compressed with xz'],
  ["7z\xbc\xaf'\x1c", 'a 7-Zip archive'],
  ['Rar!', 'a RAR archive'],
  ['PAR1', 'a Parquet file'],
  ['ARROW1', 'an Arrow file'],
  ['bplist', 'a web archive of Safari (or another property list)'],
  ['SQLite format 3', 'an SQLite database'],
  ['version https://git-lfs', 'a pointer of Git LFS: fetch the file itself'],
]

function whatElse({ start }: FileHead, bytes: Uint8Array): string {
  if (bytes.length === 0) return 'The file is empty.'
  if (start === '') return 'The file contains only white space.'
  const beginning = Buffer.from(bytes.subarray(0, 32)).toString('latin1')
  const signature = signatures.find(([mark]) => beginning.startsWith(mark))
  if (signature) return `The file is ${signature[1]}. ${readable}`
  if (start.startsWith('<'))
    return `The file is XML, but neither an Atom feed nor an OAI-PMH answer of arXiv. ${readable}`
  if (bytes.includes(0) || start.includes('\uFFFD')) return `The file is not text. ${readable}`
  return `The file begins with ${quote(start)}, which no source recognizes. ${readable}`
}
