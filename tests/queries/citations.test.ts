import { Cite, type CslItem } from '@citation-js/core'
import '@citation-js/plugin-bibtex'
import '@citation-js/plugin-csl'
import '@citation-js/plugin-ris'
import { beforeAll, describe, expect, test } from 'vitest'
import type { PaperRecord } from '../../db/model/record.ts'
import { answerTo, query, useTestApp } from '../support/app.ts'
import { plant } from '../support/papers.ts'

/** The formats are read by the readers of citation-js, as its users would. */

const people = ['Éva Kovács', 'Łukasz Kaiser', '李明', 'Antonio Laverghetta Jr.', 'Laurens van der Maaten']
const groups = ['Inclusion AI', 'Barnes and Noble', 'The Soofi-Team', 'Smith, Wesson']
const preprint: PaperRecord = {
  arxivId: '2606.00001',
  observedAt: '2026-06-16T12:00:00.000Z',
  title: 'Role of μP <EOS> at 50% & P(y|x): "A_b" #1 ~ {x} [y] – 注意力',
  abstract: 'We study it. ER - is no end.',
  keywords: ['sparsity', 'ER - x'],
  authors: [...people, ...groups].map((name) => ({ name })),
  publishedAt: '2026-06-15T00:00:00.000Z',
}
const article: Partial<PaperRecord> = {
  ...preprint,
  arxivId: '2606.00003',
  publishedAt: '2026-06-14T00:00:00.000Z',
  title: 'A Second Paper',
  journalRef: 'Nature 645, 633-638 (2025)',
  doi: '10.1000/x_1',
}
const bare: Partial<PaperRecord> = {
  arxivId: '2606.00002',
  title: 'Third Paper',
  publishedAt: '2026-06-09T00:00:00.000Z',
}
const hostile: Partial<PaperRecord> = {
  arxivId: '2606.00004',
  title: '}, author = {X}, \\input{/etc/passwd} $\\write18{x} { \\} " } @misc{y,',
  authors: [{ name: '\\write18{rm} and' }, { name: 'A {B' }, { name: 'TY  - JOUR' }],
  publishedAt: '2026-06-08T00:00:00.000Z',
  doi: '10.1/} {',
}

const app = useTestApp()

type Format = 'BIBTEX' | 'RIS' | 'CSL_JSON'
const formats: readonly Format[] = ['BIBTEX', 'RIS', 'CSL_JSON']
/** Each paper in each format, the newest first. Asked for at once: the readers hold the event loop for seconds. */
const citations = {} as Record<Format, string[]>

beforeAll(async () => {
  await plant(app.db, [preprint, bare])
  await plant(app.db, [article, hostile], { source: 'client' })
  const { papers } = await query<{ papers: { nodes: Record<Format, string>[] } }>(
    app,
    `{ papers(first: 10) { nodes { ${formats.map((format) => `${format}: citation(format: ${format})`).join(' ')} } } }`,
  )
  for (const format of formats) citations[format] = papers.nodes.map((node) => node[format])
})

function read(format: Format): CslItem[] {
  return citations[format].map((text) => {
    const { data } = new Cite(text, { forceType: forceType[format] })
    expect(data).toHaveLength(1)
    return data[0] as CslItem
  })
}

/** What is told, as guessing from the text would try the readers of other formats on it. */
const forceType = { BIBTEX: '@biblatex/text', RIS: '@ris/file', CSL_JSON: '@else/json' }

const namesOf = (item: CslItem | undefined) =>
  item?.author?.map(({ family, given, suffix, literal, ...rest }) =>
    [given, rest['non-dropping-particle'], family, suffix, literal].filter(Boolean).join(' '),
  )

test('bibtex is the same as the citation in BibTeX; an unknown format is refused', async () => {
  const { papers } = await query<{ papers: { nodes: { bibtex: string; citation: string }[] } }>(
    app,
    '{ papers(first: 10) { nodes { bibtex citation(format: BIBTEX) } } }',
  )
  for (const { bibtex, citation } of papers.nodes) expect(citation).toBe(bibtex)
  const { errors } = await answerTo(app, {
    query: '{ papers(first: 1) { nodes { citation(format: ENDNOTE) } } }',
  })
  expect(errors?.[0]?.message).toContain('CitationFormat')
})

describe.each(formats)('%s, as a reference manager reads it', (format) => {
  test('has the title, names, day and identifiers of a paper', () => {
    const [first, second] = read(format)
    // Curly quotes are the same in LaTeX; braces of a title group there, and print nothing.
    const title = first?.title?.replace(/[“”]/g, '"')
    expect(title).toBe(format === 'BIBTEX' ? preprint.title.replace(/[{}]/g, '') : preprint.title)
    const [, , , junior] = people
    const all = [...people, ...groups].map((name) =>
      format === 'RIS' ? name.replace('Smith, Wesson', 'Smith Wesson') : name,
    )
    expect(namesOf(first)).toEqual(all)
    expect(first?.author?.[all.indexOf(junior ?? '')]).toMatchObject({ family: 'Laverghetta', suffix: 'Jr.' })
    expect(first?.author?.[0]).toMatchObject({ family: 'Kovács', given: 'Éva' })
    expect(first?.issued?.['date-parts'][0]).toEqual(format === 'BIBTEX' ? [2026] : [2026, 6, 15])
    expect(first?.URL).toBe('https://arxiv.org/abs/2606.00001')
    expect(second).toMatchObject({
      type: 'article-journal',
      'container-title': 'Nature 645, 633-638 (2025)',
      DOI: '10.1000/x_1',
    })
  })

  test('is one entry, whatever the texts hold', () => {
    const items = read(format)
    expect(items[2]).toMatchObject({ title: 'Third Paper' })
    expect(items[3]?.title).toContain('\\input')
    expect(items[3]?.author).toHaveLength(3)
    for (const text of citations[format]) {
      const cite = new Cite(text, { forceType: forceType[format] })
      expect(cite.format('bibliography', { format: 'text', template: 'apa' })).toContain('2026')
    }
  })
})

test('abstracts and keywords are in RIS and CSL-JSON', () => {
  for (const format of ['RIS', 'CSL_JSON'] as const) {
    const [first] = read(format)
    expect(first?.abstract).toBe(preprint.abstract)
    expect(first?.keyword?.split(/, ?/)).toEqual(preprint.keywords)
  }
})

test('the lines of RIS end with CR LF, and the record with ER', () => {
  const [first = ''] = citations.RIS
  const lines = first.split('\r\n')
  expect(lines[0]).toBe('TY  - UNPB')
  expect(lines.slice(-2)).toEqual(['ER  - ', ''])
  expect(lines.slice(0, -1).every((line) => /^[A-Z][A-Z0-9] {2}- /.test(line))).toBe(true)
})
