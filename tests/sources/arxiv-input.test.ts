import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SourceError } from '../../src/ingest/errors.ts'
import { readAtomFeed } from '../../src/ingest/sources/arxiv.ts'
import { fixtureText } from '../support/source-data.ts'
import { atomEntry as entry, atomFeed as feedOf } from '../support/source-inputs.ts'

const feed2025 = fixtureText('arxiv-2025.xml')
const feed2026 = fixtureText('arxiv-2026.xml')

describe('what is no feed of papers', () => {
  const error = `<entry><id>http://arxiv.org/api/errors#incorrect_id_format_for_1234.1234</id><title>Error</title>
    <summary>incorrect id format for 1234.1234</summary><updated>2024-01-01T00:00:00-05:00</updated></entry>`

  test('the error that arXiv sends with status 200 is quoted', () => {
    expect(() => readAtomFeed(feedOf(error))).toThrow(SourceError)
    expect(() => readAtomFeed(feedOf(error))).toThrow(/incorrect id format for 1234\.1234\. Correct the ids/)
  })

  test('an error among papers costs no paper', () => {
    const { records, rejections } = readAtomFeed(feedOf(entry(), error))
    expect(records).toHaveLength(1)
    expect(rejections).toEqual([
      { position: 'entry 2', reason: expect.stringMatching(/incorrect id format/) },
    ])
  })

  test('a feed without entries is an answer without papers', () => {
    expect(readAtomFeed(feedOf())).toEqual({ records: [], rejections: [], editions: [] })
    expect(readAtomFeed('<feed/>').records).toEqual([])
  })

  test.each([
    ['an empty body', '', /empty body.*Wait/],
    ['white space', '\uFEFF \n', /empty body/],
    ['a throttled request', 'Rate exceeded.', /Rate exceeded.*wait/],
    ['a web page', '<!DOCTYPE html><html><body>Busy</body></html>', /web page \(HTML\)/],
    ['a bare web page', '<html><body>Busy</body></html>', /web page \(HTML\)/],
    ['other XML', '<OAI-PMH><ListRecords/></OAI-PMH>', /not an Atom feed/],
    ['two feeds', '<a><feed/><feed/></a>', /not an Atom feed/],
    ['plain text', 'Service unavailable', /not complete XML/],
    ['half a feed', feed2026.slice(0, 3_000), /not complete XML.*cut off/],
    ['a marked section without end', '<feed><![CDATA[ </feed>', /does not end/],
    ['crossed elements', '<feed><entry></feed></entry>', /not complete XML/],
    ['a name that would change objects', feedOf('<__proto__>1</__proto__>'), /cannot be read/],
    ['elements in elements in elements', feedOf('<a>'.repeat(50) + '</a>'.repeat(50)), /cannot be read/],
  ])('%s is refused as a whole', (_, text, message) => {
    expect(() => readAtomFeed(text)).toThrow(SourceError)
    expect(() => readAtomFeed(text)).toThrow(message)
  })

  test('entities of its own, which could grow without bound, are refused at once', () => {
    const laughs = Array.from({ length: 9 }, (_, n) => `<!ENTITY l${n + 1} "${`&l${n};`.repeat(10)}">`).join(
      '',
    )
    const bomb = `<!DOCTYPE feed [<!ENTITY l0 "ha">${laughs}]>${feedOf(entry({ title: '&l9;' }))}`
    expect(() => readAtomFeed(bomb)).toThrow(/types or entities/)
    const file = `<!DOCTYPE feed [<!ENTITY f SYSTEM "file:///etc/hostname">]>${feedOf(entry({ title: '&f;' }))}`
    expect(() => readAtomFeed(file)).toThrow(/types or entities/)
  })

  test('a feed cut off anywhere is refused, or was whole', () => {
    fc.assert(
      fc.property(fc.nat(feed2026.trimEnd().length - 1), (length) => {
        expect(() => readAtomFeed(feed2026.slice(0, length))).toThrow(SourceError)
      }),
    )
  })

  test('whatever text comes, it is read or refused, never a crash', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 20 }),
      fc.constantFrom(
        '<feed>',
        '</feed>',
        '<entry>',
        '</entry>',
        '<id>',
        '</id>',
        '<title/>',
        '&amp;',
        '&',
        '<![CDATA[',
        ']]>',
        '<!--',
        '-->',
        '<?x',
        '?>',
        '<a b="c">',
      ),
    )
    const crashes = (text: string) => {
      try {
        readAtomFeed(text)
      } catch (error) {
        expect(error).toBeInstanceOf(SourceError)
      }
    }
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => crashes(pieces.join(''))),
      { numRuns: 200 },
    )
    fc.assert(
      fc.property(fc.nat(feed2025.length), fc.nat(50), piece, (at, length, put) =>
        crashes(feed2025.slice(0, at) + put + feed2025.slice(at + length)),
      ),
    )
  })
})
