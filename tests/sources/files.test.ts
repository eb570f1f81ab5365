import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SourceError } from '../../src/ingest/errors.ts'
import { detectSource, openSource } from '../../src/ingest/sources/index.ts'
import { capturedPage, chunksOf, fixture, fixtureEntries, gather } from '../support/source-data.ts'

const response = fixture('2026-07-02.json')
const entries = fixtureEntries('2026-07-02.json')
const lines = (...values: unknown[]) => values.map((value) => JSON.stringify(value)).join('\n')
const page = capturedPage()

describe('a file is known by its content', () => {
  test.each([
    ['page', 'capture.txt', page],
    ['page', '', page.replaceAll('\n', '\r\n')],
    ['page', 'from-the-first-card.txt', page.slice(page.indexOf('Jan 5'))],
    ['page', 'cut.txt', page.slice(0, 70)],
    ['page', 'windows.txt', Buffer.from(`\uFEFF${page}`, 'utf16le')],
    ['html', 'page.html', '<!DOCTYPE html>\n<html><body>Daily Papers by AK</body></html>'],
    ['page', 'page.md', '<div class="x">\n\n# Daily Papers\n\n### [A](/papers/2405.15738)\n'],
    ['page', 'reply.txt', '> Daily Papers\n>\n> Jun 12\n'],
    ['html', 'page', '<!-- saved from url=(0031)https://huggingface.co/papers -->\n<HTML lang="en">'],
    [
      'html',
      'page.mhtml',
      'From: <Saved by Blink>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n\tboundary="x"\r\n\r\n',
    ],
    ['arxiv', 'answer.xml', fixture('arxiv-2020.xml')],
    ['arxiv', 'answer', `\uFEFF${fixture('arxiv-2026.xml')}`],
    ['json', '2026-07-02.json', response],
    ['json', '', `\n ${response}`],
    ['json', 'pretty.json', JSON.stringify(entries, null, 2)],
    ['json', 'one-a-line.json', `[\n${entries.map((entry) => JSON.stringify(entry)).join(',\n')}\n]`],
    ['json', 'paper.json', JSON.stringify(entries[0].paper)],
    ['json', 'empty.json', '[]\n'],
    ['json', 'cut.json', response.subarray(0, 2_000)],
    ['jsonl', 'archive.jsonl', lines(...entries)],
    ['jsonl', 'archive.json', lines(...entries)],
    ['jsonl', '', lines(entries, entries)],
    ['jsonl', 'long.ndjson', `[${'1,'.repeat(200_000)}1]`],
    ['jsonl', '', `{"paper":"${'x'.repeat(300_000)}"}`],
    ['json', 'long.json', `[${'1,'.repeat(200_000)}1]`],
  ])('as %s: %s', (kind, name, content) => {
    expect(detectSource(name, Buffer.from(content)).kind).toBe(kind)
  })

  test.each([
    ['nothing', '', /empty/],
    ['white space', ' \n ', /white space/],
    ['a PDF', '%PDF-1.7\n', /is a PDF/],
    ['a PNG', Buffer.from('\x89PNG\r\n\x1a\n\0\0\0\rIHDR', 'latin1'), /is a PNG image/],
    ['a JPEG', Buffer.from('\xff\xd8\xff\xe0', 'latin1'), /is a JPEG image/],
    ['a ZIP archive', 'PK\x03\x04\x14\0', /is a ZIP archive/],
    ['other XML', '<?xml version="1.0"?><opml/>', /neither an Atom feed nor an OAI-PMH answer/],
    [
      'an answer of Semantic Scholar',
      '[{"paperId": "204e", "referenceCount": 41}, null]',
      /of Semantic Scholar.*Supported files are/,
    ],
    [
      'a search of Semantic Scholar',
      '{"total": 2, "offset": 0, "data": [{"paperId": "204e"}]}',
      /of Semantic Scholar/,
    ],
    [
      'its data set',
      '{"corpusid":1,"externalids":{"ArXiv":"2405.15738"},"title":"A"}\n{"corpusid":2}',
      /of Semantic Scholar/,
    ],
    [
      'Papers with Code',
      '[{"paper_url": "https://paperswithcode.com/paper/x", "arxiv_id": "2405.15738"}]',
      /Papers with Code.*Supported/,
    ],
    ['its links', '[{"paper_title": "A", "repo_url": "https://github.com/a/b"}]', /Papers with Code/],
    ['an RSS feed', '<?xml version="1.0"?>\n<rss version="2.0"><channel/></rss>', /an RSS feed.*Supported/],
    [
      'the RSS feed as Atom',
      '<feed><entry><id>oai:arXiv.org:2505.01441v1</id></entry></feed>',
      /Atom form of the RSS feed/,
    ],
    [
      'a record of Semantic Scholar, whatever comes first',
      '[null, {"title": "A", "externalIds": {"ArXiv": "2405.15738"}}]',
      /of Semantic Scholar.*Supported/,
    ],
    ['tables of Papers with Code', '[{"task": "A", "subtasks": [], "datasets": []}]', /Papers with Code/],
    ['its methods', '[{"url": "https://paperswithcode.com/method/x", "name": "X"}]', /Papers with Code/],
    [
      'an RSS feed with a style sheet',
      "<?xml version='1.0'?>\n<?xml-stylesheet href='x.xsl'?>\n<!-- made by hand -->\n<rss version='2.0'/>",
      /an RSS feed/,
    ],
    ['BibTeX', '@article{x,\n title={A}\n}\n', /BibTeX/],
    ['RIS', 'TY  - JOUR\nTI  - A\nER  - \n', /RIS/],
    ['bzip2', Buffer.from('BZh91AY&SY', 'latin1'), /bzip2.*Supported/],
    ['xz', Buffer.from('\xfd7zXZ\0', 'latin1'), /xz/],
    ['Parquet', Buffer.from('PAR1\x15\x04', 'latin1'), /a Parquet file/],
    ['a web archive', Buffer.from('bplist00\xd1', 'latin1'), /a web archive of Safari/],
    ['a pointer', 'version https://git-lfs.github.com/spec/v1\noid sha256:a\n', /fetch the file itself/],
    ['random bytes', Buffer.from([1, 0, 255, 3, 0, 200]), /not text/],
    ['a long text', 'é'.repeat(200_000), /begins with "é/],
    ['a long list', `a${'•'.repeat(100_000)}`, /begins with "a•/],
    ['a letter', 'Dear Sir,', /begins with "Dear Sir,", which no source recognizes/],
    ['figures', '42', /begins with "42"/],
  ])('%s is refused with what it is and what is readable', (_, content, message) => {
    expect(() => detectSource('papers.json', Buffer.from(content))).toThrow(SourceError)
    expect(() => detectSource('papers.json', Buffer.from(content))).toThrow(message)
  })
})

describe('a stream', () => {
  const read = async (content: string | Uint8Array, name: string, chunk = 1_000) => {
    const { source, readings } = await openSource(chunksOf(content, chunk), { name })
    const all = await gather(readings)
    return [
      source.kind,
      source.source,
      all.flatMap(({ records }) => records).length,
      all.flatMap(({ rejections }) => rejections).length,
    ]
  }

  test.each([
    ['page', 'page', 24, 'page.txt', page],
    ['arxiv', 'arxiv', 2, 'feed.xml', fixture('arxiv-2026.xml')],
    ['json', 'json', 2, '2026-07-02.json', response],
    ['jsonl', 'json', 2, 'papers.jsonl', lines(...entries)],
  ])(
    'of a %s is read as source %s, gzipped or not, whatever its chunks',
    async (kind, source, records, name, content) => {
      for (const chunk of [11, 1_000, 1_000_000]) {
        expect(await read(content, name, chunk)).toEqual([kind, source, records, 0])
        expect(await read(gzipSync(content), `${name}.gz`, chunk)).toEqual([kind, source, records, 0])
      }
    },
  )

  test('that is refused is closed', async () => {
    let closed = false
    async function* file() {
      try {
        yield Buffer.from('%PDF-1.7')
        yield Buffer.from('more')
      } finally {
        closed = true
      }
    }
    await expect(openSource(file())).rejects.toThrow(/a PDF.*Supported files are/)
    expect(closed).toBe(true)
  })

  test('that nobody reads to its end is closed', async () => {
    let closed = false
    async function* file() {
      try {
        for (;;) yield Buffer.from(`${lines(...entries)}\n`)
      } finally {
        closed = true
      }
    }
    const { readings } = await openSource(file(), { name: 'endless.jsonl' })
    for await (const reading of readings) {
      expect(reading.records).toHaveLength(500)
      break
    }
    expect(closed).toBe(true)
  })

  test('whatever bytes come, they are read or refused, never a crash', async () => {
    const start = fc.constantFrom('', '[', '{', '<feed>', 'Daily Papers\n\nJan 5\n\n', '%PDF', '\x1f\x8b\x08')
    await fc.assert(
      fc.asyncProperty(
        start,
        fc.uint8Array({ maxLength: 100 }),
        fc.boolean(),
        async (begin, bytes, zipped) => {
          const content = Buffer.concat([Buffer.from(begin, 'latin1'), bytes])
          try {
            const { readings } = await openSource(chunksOf(zipped ? gzipSync(content) : content))
            await gather(readings)
          } catch (error) {
            expect(error).toBeInstanceOf(SourceError)
          }
        },
      ),
    )
  })
})
