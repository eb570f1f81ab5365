import { describe, expect, test } from 'vitest'
import { SourceError } from '../../src/ingest/errors.ts'
import { readAtomFeed } from '../../src/ingest/sources/arxiv.ts'
import { fixtureText, onlyRecord } from '../support/source-data.ts'
import { atomEntry as entry, atomFeed as feedOf } from '../support/source-inputs.ts'

const one = (fields: Record<string, string>, more = '') =>
  onlyRecord(readAtomFeed(feedOf(entry(fields, more))))

describe('both generations of the format', () => {
  test('of 2020, with DOI and journal reference', () => {
    expect(onlyRecord(readAtomFeed(fixtureText('arxiv-2020.xml')))).toEqual({
      observedAt: '2015-12-26T21:19:45.000Z',
      arxivId: '1601.00001',
      title: 'Inelastic effects in molecular transport junctions: The probe technique at high bias',
      abstract: expect.stringMatching(/^We extend the Landauer-B\\"uttiker probe .* far-from-equilibrium\.$/),
      publishedAt: '2015-12-26T21:19:45.000Z',
      authors: [{ name: 'Michael Kilgour' }, { name: 'Dvira Segal' }],
      doi: '10.1063/1.4944470',
      journalRef: 'J. Chem. Phys. 144, 124107 (2016)',
      primaryCategory: 'cond-mat.mes-hall',
      categories: ['cond-mat.mes-hall'],
      arxivVersion: 1,
      revisedAt: '2015-12-26T21:19:45.000Z',
    })
  })

  test('of 2025, with a wrapped comment and categories in order', () => {
    expect(onlyRecord(readAtomFeed(fixtureText('arxiv-2025.xml')))).toMatchObject({
      arxivId: '2510.14968',
      title: 'RDD: Retrieval-Based Demonstration Decomposer for Planner Alignment in Long-Horizon Tasks',
      comment:
        '39th Conference on Neural Information Processing Systems (NeurIPS 2025); Project Website: rdd-neurips.github.io',
      categories: ['cs.RO', 'cs.AI', 'cs.CV', 'cs.LG', 'cs.SY', 'eess.SY'],
    })
  })

  test('of 2026, several entries', () => {
    const { records, rejections, editions } = readAtomFeed(fixtureText('arxiv-2026.xml'))
    expect(records).toMatchObject([
      { arxivId: '2605.12495', primaryCategory: 'cs.CV', comment: 'ICML2026', authors: expect.any(Array) },
      { arxivId: expect.stringMatching(/^2605\./), revisedAt: expect.stringMatching(/^2026-05-12T/) },
    ])
    expect([rejections, editions]).toEqual([[], []])
  })
})

describe('an entry', () => {
  test('is observed when arXiv last changed it, so reading it again says nothing new', () => {
    expect(one({})).toMatchObject({
      observedAt: '2024-02-03T10:00:00.000Z',
      revisedAt: '2024-02-03T10:00:00.000Z',
      publishedAt: '2024-01-01T10:00:00.000Z',
      arxivVersion: 3,
    })
    const { records } = readAtomFeed(feedOf(entry()), { observedAt: '2026-01-01' })
    expect(records[0]).toMatchObject({
      observedAt: '2026-01-01T00:00:00.000Z',
      revisedAt: '2024-02-03T10:00:00.000Z',
    })
    expect(() => readAtomFeed(feedOf(entry()), { observedAt: 'now' })).toThrow(SourceError)
  })

  test.each([
    ['http://arxiv.org/abs/hep-th/9901001v12', 'hep-th/9901001', 12],
    ['http://arxiv.org/abs/math.GT/0309136v1', 'math.GT/0309136', 1],
    ['https://arxiv.org/abs/0704.0001v2', '0704.0001', 2],
    ['http://export.arxiv.org/abs/2605.12495', '2605.12495', undefined],
  ])('with the id %s is paper %s in version %s', (id, arxivId, version) => {
    const record = one({ id })
    expect([record.arxivId, record.arxivVersion]).toEqual([arxivId, version])
  })

  test.each([
    ['entities once', 'a &lt;b&gt; &amp;amp; &quot;c&quot;', 'a <b> &amp; "c"'],
    ['characters by number', 'caf&#233; &#x3bc;LO &#128640;', 'café μLO 🚀'],
    ['numbers that are no character as they are', 'a &#0; b &#xD800; c', 'a &#0; b &#xD800; c'],
    ['entities of HTML as they are', 'a&nbsp;b', 'a&nbsp;b'],
    ['marked sections', '<![CDATA[a <b> & &amp; c]]> d', 'a <b> & &amp; c d'],
    ['figures as text', '007', '007'],
    ['words as text', 'true', 'true'],
    ['LaTeX', 'On $\\mathcal{O}(n^2)$ \\&amp; more', 'On $\\mathcal{O}(n^2)$ \\& more'],
  ])('keeps %s', (_, title, expected) => {
    expect(one({ title }).title).toBe(expected)
  })

  test('may have attributes on its texts and many of what it has one of', () => {
    const text = feedOf(
      entry(
        {},
        '<arxiv:doi>10.1/a</arxiv:doi><arxiv:doi>10.1/b</arxiv:doi><category term="cs.AI"/><category term="cs.AI"/>',
      ),
    ).replace('<title>', '<title type="text">')
    const record = onlyRecord(readAtomFeed(text))
    expect(record).toMatchObject({ title: 'A title', categories: ['cs.AI'] })
    expect(record).not.toHaveProperty('doi')
  })

  test.each([
    ['This paper has been withdrawn by the authors due to a crucial error in equation 3', true],
    ['This submission has been withdrawn by arXiv administrators', true],
    ['Paper withdrawn', true],
    ['The article was withdrawn', true],
    ['Withdrawn; superseded by 2401.00009', true],
    ['12 pages. Replaces 2401.00002, which has been withdrawn', false],
    ['A study of withdrawn papers', false],
    ['This paper has been accepted', false],
  ])('whose comment is "%s": withdrawn %s', (comment, withdrawn) => {
    const record = one({}, `<arxiv:comment>${comment}</arxiv:comment>`)
    expect(record.comment).toBe(comment)
    expect(record.withdrawnAt).toBe(withdrawn ? '2024-02-03T10:00:00.000Z' : undefined)
  })

  test('may say so in place of its abstract', () => {
    expect(one({ summary: 'This paper has been withdrawn by the author.' })).toHaveProperty('withdrawnAt')
    expect(one({ summary: 'Withdrawn papers are studied here.' })).not.toHaveProperty('withdrawnAt')
  })

  test.each([
    ['no title', { title: '' }, 'title', /empty/],
    ['markup in its title', { title: 'a <b>bold</b> one' }, 'title', /missing/],
    ['a foreign id', { id: 'urn:uuid:1' }, 'id', /"urn:uuid:1" is not an arXiv id/],
    ['no date of publication', { published: '' }, 'published', /not an instant/],
    ['a date that is none', { updated: '2024-02-30T10:00:00Z' }, 'updated', /not an instant/],
    ['half a character for a title', { title: '\uD83E' }, 'title', /empty/],
  ])('with %s is rejected alone', (_, fields, path, reason) => {
    const text = feedOf(entry(fields), entry({ id: 'http://arxiv.org/abs/2401.00002v1' }))
    const { records, rejections } = readAtomFeed(text, { name: 'feed.xml' })
    expect(records.map(({ arxivId }) => arxivId)).toEqual(['2401.00002'])
    expect(rejections).toEqual([
      { position: 'feed.xml entry 1', path, reason: expect.stringMatching(reason) },
    ])
  })

  test('without anything but its element is rejected, with the number of its faults', () => {
    const { rejections } = readAtomFeed(feedOf('<entry/>', entry()))
    expect(rejections).toEqual([
      { position: 'entry 1', path: 'id', reason: expect.stringMatching(/missing.*4 more/) },
    ])
  })
})
