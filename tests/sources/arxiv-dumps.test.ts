import { describe, expect, test } from 'vitest'
import { readOaiAnswer } from '../../src/ingest/sources/arxiv-oai.ts'
import { authorNames } from '../../src/ingest/sources/arxiv-parts.ts'
import { openSource } from '../../src/ingest/sources/index.ts'
import { chunksOf, gather } from '../support/source-data.ts'

const line = {
  id: '0704.0001',
  submitter: 'Pavel Nadolsky',
  authors: "C. Bal\\'azs, E. L. Berger",
  title: 'Calculation of prompt diphoton production cross sections at Tevatron and\n  LHC energies',
  comments: '37 pages, 15 figures',
  'journal-ref': 'Phys.Rev.D76:013009,2007',
  doi: '10.1103/PhysRevD.76.013009',
  'report-no': 'ANL-HEP-PR-07-12',
  categories: 'hep-ph cs.LG',
  license: null,
  abstract: '  A fully differential calculation is presented.\n',
  versions: [
    { version: 'v1', created: 'Mon, 2 Apr 2007 19:18:42 GMT' },
    { version: 'v2', created: 'Tue, 24 Jul 2007 20:10:27 GMT' },
  ],
  update_date: '2008-11-26',
  authors_parsed: [
    ['Balázs', 'C.', ''],
    ['Berger', 'E. L.', 'Jr.'],
  ],
}
const record = {
  observedAt: '2008-11-26T00:00:00.000Z',
  arxivId: '0704.0001',
  title: 'Calculation of prompt diphoton production cross sections at Tevatron and LHC energies',
  abstract: 'A fully differential calculation is presented.',
  publishedAt: '2007-04-02T19:18:42.000Z',
  authors: [{ name: 'C. Balázs' }, { name: 'E. L. Berger Jr.' }],
  doi: '10.1103/PhysRevD.76.013009',
  journalRef: 'Phys.Rev.D76:013009,2007',
  comment: '37 pages, 15 figures',
  primaryCategory: 'hep-ph',
  categories: ['hep-ph', 'cs.LG'],
  arxivVersion: 2,
  revisedAt: '2007-07-24T20:10:27.000Z',
}

async function read(text: string, name = 'arxiv-metadata-oai-snapshot.json') {
  const { source, readings } = await openSource(chunksOf(text, 100), { name })
  const all = await gather(readings)
  return {
    kind: source.kind,
    source: source.source,
    records: all.flatMap(({ records }) => records),
    rejections: all.flatMap(({ rejections }) => rejections),
  }
}
const lines = (...values: unknown[]) =>
  values.map((value) => (typeof value === 'string' ? value : JSON.stringify(value))).join('\n')

describe('the metadata snapshot of arXiv', () => {
  test('is read as well where a part of it is a list or one record over several lines', async () => {
    const expected = { kind: 'arxiv-snapshot', source: 'arxiv', records: [record], rejections: [] }
    for (const indent of [0, 2]) {
      expect(await read(JSON.stringify([line], null, indent), 'part.json')).toEqual(expected)
      expect(await read(JSON.stringify(line, null, indent), 'part.json')).toEqual(expected)
    }
    expect((await read(JSON.stringify([line, 'x', line]), 'part.json')).rejections).toEqual([
      { position: 'part.json item 2', reason: 'This is not a record of the arXiv metadata snapshot.' },
    ])
  })

  test('has initials as the papers have them', async () => {
    const parsed = { ...line, authors_parsed: [['Yuan', 'C. -P.', '']] }
    expect((await read(lines(parsed))).records[0]?.authors).toEqual([{ name: 'C.-P. Yuan' }])
  })

  test('is read line by line as what arXiv says', async () => {
    expect(await read(lines(line, { ...line, id: 'hep-th/9901001' }))).toEqual({
      kind: 'arxiv-snapshot',
      source: 'arxiv',
      records: [record, { ...record, arxivId: 'hep-th/9901001' }],
      rejections: [],
    })
  })

  test.each<[fault: string, broken: unknown, path: string | undefined, reason: RegExp]>([
    ['no id', { ...line, id: undefined }, 'id', /missing/],
    ['a wrong id', { ...line, id: '9'.repeat(40) }, 'id', /not an arXiv id/],
    ['no versions', { ...line, versions: [] }, 'published', /missing/],
    ['versions of a wrong kind', { ...line, versions: 'v1' }, 'published', /missing/],
    [
      'a date that is none',
      { ...line, versions: [{ version: 'v1', created: 'yesterday' }] },
      'published',
      /missing/,
    ],
    ['a title of a wrong kind', { ...line, title: ['A'] }, 'title', /Expected a string/],
    ['a title of 10,000 characters', { ...line, title: 'x'.repeat(10_000) }, 'title', /at most 1000/],
    ['no object', [1, 2], undefined, /not a record of the arXiv metadata snapshot/],
    ['half a line', JSON.stringify(line).slice(0, 300), undefined, /not complete JSON/],
  ])('with %s loses that line alone', async (_, broken, path, reason) => {
    const { records, rejections } = await read(lines(line, broken, line))
    expect(records).toEqual([record, record])
    expect(rejections).toEqual([
      {
        position: expect.stringContaining('line 2'),
        ...(path && { path }),
        reason: expect.stringMatching(reason),
      },
    ])
  })
})

describe('authors in one text', () => {
  test.each([
    ['Bing Han, Feifei Zhao, Wenxuan Pan', ['Bing Han', 'Feifei Zhao', 'Wenxuan Pan']],
    ['A. Clark (1 and 2), D. Fox ((1) Inst. X, (2) Y) and G. Hale', ['A. Clark', 'D. Fox', 'G. Hale']],
    ['A. Clark, Jr., and D. Fox III', ['A. Clark Jr.', 'D. Fox III']],
    ['A. Anderson', ['A. Anderson']],
    ['(open, D. Fox', []],
    [`${'('.repeat(100_000)}`, []],
    ['', []],
  ])('"%.40s" are %j', (text, names) => {
    expect(authorNames(text)).toEqual(names)
  })
})

const oai = (...records: string[]) =>
  `<?xml version="1.0"?><OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><responseDate>2026-05-08T19:09:33Z</responseDate><ListRecords>${records.join('')}</ListRecords></OAI-PMH>`
const header = (more = '') =>
  `<header ${more}><identifier>oai:arXiv.org:2309.09550</identifier><datestamp>2026-05-06</datestamp><setSpec>cs:cs:NE</setSpec><setSpec>physics:hep-ph</setSpec><setSpec>cs</setSpec></header>`
const raw = `<record>${header()}<metadata><arXivRaw xmlns="http://arxiv.org/OAI/arXivRaw/"><id>2309.09550</id><version version="v1"><date>Mon, 18 Sep 2023 07:56:40 GMT</date></version><version version="v4"><date>Tue, 05 May 2026 03:04:16 GMT</date></version><title>A title &amp; more</title><authors>Bing Han and Feifei Zhao</authors><categories>cs.NE cs.AI</categories><abstract>An abstract.</abstract></arXivRaw></metadata></record>`
const parsed = `<record>${header()}<metadata><arXiv xmlns="http://arxiv.org/OAI/arXiv/"><id>2309.09550</id><created>2023-09-18</created><updated>2026-05-05</updated><authors><author><keyname>Han</keyname><forenames>Bing</forenames><suffix>Jr</suffix></author></authors><title>A title</title><categories>cs.NE</categories><abstract>An abstract.</abstract></arXiv></metadata></record>`
const dc = `<record>${header()}<metadata><oai_dc:dc xmlns:oai_dc="x" xmlns:dc="y"><dc:title>A title</dc:title><dc:creator>Han, Bing</dc:creator><dc:subject>Computer Science</dc:subject><dc:description>An abstract.</dc:description><dc:description>Comment: 5 pages</dc:description><dc:date>2023-09-18</dc:date><dc:date>2026-05-05</dc:date><dc:identifier>http://arxiv.org/abs/2309.09550</dc:identifier><dc:identifier>doi:10.1000/x</dc:identifier></oai_dc:dc></metadata></record>`

describe('OAI-PMH answers of arXiv', () => {
  test('in arXivRaw, arXiv and oai_dc are read; days alone are seen before exact times of the same version', () => {
    const { records, rejections } = readOaiAnswer(oai(raw, parsed, dc))
    expect(rejections).toEqual([])
    const common = { arxivId: '2309.09550', abstract: 'An abstract.' }
    expect(records).toMatchObject([
      {
        ...common,
        title: 'A title & more',
        observedAt: '2026-05-06T00:00:00.000Z',
        publishedAt: '2023-09-18T07:56:40.000Z',
        arxivVersion: 4,
        authors: [{ name: 'Bing Han' }, { name: 'Feifei Zhao' }],
        categories: ['cs.NE', 'cs.AI'],
      },
      {
        ...common,
        observedAt: '2026-05-05T00:00:00.000Z',
        publishedAt: '2023-09-18T00:00:00.000Z',
        authors: [{ name: 'Bing Han Jr' }],
      },
      {
        ...common,
        observedAt: '2026-05-05T00:00:00.000Z',
        authors: [{ name: 'Bing Han' }],
        doi: '10.1000/x',
        comment: '5 pages',
        categories: ['cs.NE', 'hep-ph'],
      },
    ])
  })

  test.each([
    ['a deleted record', `<record>${header('status="deleted"')}</record>`, /deleted/],
    ['another format', `<record>${header()}<metadata><marc/></metadata></record>`, /supported are arXivRaw/],
    ['no metadata', `<record>${header()}</record>`, /supported are arXivRaw/],
    ['a date that is none', raw.replace('Mon, 18 Sep 2023', 'Mon, 99 Sep 2023'), /missing/],
    ['a wrong id', raw.replace('<id>2309.09550</id>', `<id>${'9'.repeat(40)}</id>`), /not an arXiv id/],
  ])('%s is rejected alone', (_, broken, reason) => {
    const { records, rejections } = readOaiAnswer(oai(raw, broken, dc), { name: 'oai.xml' })
    expect(records).toHaveLength(2)
    expect(rejections).toMatchObject([
      { position: 'oai.xml record 2', reason: expect.stringMatching(reason) },
    ])
  })

  test.each([
    ['an error', '<OAI-PMH><error code="noRecordsMatch">No match</error></OAI-PMH>', /error: No match/],
    ['no records', '<OAI-PMH><Identify/></OAI-PMH>', /Supported are answers to ListRecords and GetRecord/],
    ['half of it', oai(raw).slice(0, 500), /not complete XML/],
    ['entities of its own', `<!DOCTYPE x [<!ENTITY a "b">]>${oai(raw)}`, /declares types or entities/],
    ['a nest', `<OAI-PMH>${'<a>'.repeat(100)}${'</a>'.repeat(100)}</OAI-PMH>`, /cannot be read|no records/],
  ])('with %s are refused as a whole', (_, xml, message) => {
    expect(() => readOaiAnswer(xml)).toThrow(message)
  })
})
