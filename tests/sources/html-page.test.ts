import { describe, expect, test } from 'vitest'
import type { Reading } from '../../db/model/record.ts'
import { readDailyPapers } from '../../src/ingest/sources/daily-papers.ts'
import { openSource } from '../../src/ingest/sources/index.ts'
import { servedHtml } from '../support/page-renditions.ts'
import { changedEntry, chunksOf, fixtureEntries, gather } from '../support/source-data.ts'

const observedAt = '2026-07-02T09:00:00.000Z'
const entries = fixtureEntries('2026-07-02.json')
const props = {
  dailyPapers: entries,
  dateString: '2026-07-02',
  periodType: 'day',
  query: '',
  isTrending: false,
}
const page = servedHtml(props)
const expected = readDailyPapers(entries, { observedAt, date: '2026-07-02' })

async function read(
  html: string | Uint8Array,
  options: { name?: string; observedAt?: string } = { observedAt },
) {
  const { source, readings } = await openSource(chunksOf(html, 10_000), options)
  const [reading, ...others] = await gather(readings)
  expect(others).toEqual([])
  return { kind: source.kind, source: source.source, reading: reading as Reading }
}

const quoted = (text: string) =>
  [...Buffer.from(text)]
    .map((byte) =>
      byte === 0x3d || byte > 0x7e
        ? `=${byte.toString(16).toUpperCase().padStart(2, '0')}`
        : String.fromCharCode(byte),
    )
    .join('')
const mhtml = (encoding: string, body: string) =>
  `From: <Saved by Blink>\r\nSnapshot-Content-Location: https://huggingface.co/papers\r\nSubject: Daily Papers\r\nDate: Thu, 2 Jul 2026 09:00:00 +0000\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n\ttype="text/html";\r\n\tboundary="----Boundary--x----"\r\n\r\n\r\n------Boundary--x----\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: ${encoding}\r\nContent-Location: https://huggingface.co/papers\r\n\r\n${body}\r\n------Boundary--x----\r\nContent-Type: text/css\r\n\r\np {}\r\n------Boundary--x------\r\n`
const viewed = `<!DOCTYPE html><html><body><table><tbody>${page
  .split('\n')
  .map(
    (line, n) =>
      `<tr><td class="line-number" value="${n + 1}"></td><td class="line-content">${line.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</td></tr>`,
  )
  .join('')}</tbody></table></body></html>`

describe('a saved page of Hugging Face', () => {
  test.each([
    ['as it is served', page],
    [
      'saved by a browser',
      page.replace('<html', '<!-- saved from url=(0031)https://huggingface.co/papers -->\n<html'),
    ],
    ['with a byte order mark', `\uFEFF${page}`],
    [
      'in one file, quoted-printable',
      mhtml(
        'quoted-printable',
        quoted(page)
          .replace(/.{70}(?![\dA-F]{0,2}$)/g, '$&=\r\n')
          .replace(/=(=\r\n)([\dA-F]{2})/g, '$1=$2')
          .replace(/=([\dA-F])(=\r\n)([\dA-F])/g, '$2=$1$3'),
      ),
    ],
    [
      'in one file, base64',
      mhtml('base64', Buffer.from(page).toString('base64').replace(/.{76}/g, '$&\r\n')),
    ],
    ['as the view of its source', viewed],
    [
      'with attributes in another order',
      page.replace(/data-target="DailyPapers" (data-props="[^"]*")/, "$1 data-target='DailyPapers'"),
    ],
    ['cut off after its data', page.slice(0, page.indexOf('<section>'))],
  ])('%s is read as the response of the API', async (_, html) => {
    expect(await read(html)).toEqual({ kind: 'html', source: 'json', reading: expected })
  })

  test('is seen when its file says so, and not before what it mentions', async () => {
    const at = async (html: string, name: string) =>
      (await read(html, { name })).reading.records[0]?.observedAt
    expect(await at(mhtml('8bit', page), 'x.mhtml')).toBe('2026-07-02T09:00:00.000Z')
    expect(await at(page, '2026-07-02T1015Z.html')).toBe('2026-07-02T10:15:00.000Z')
    expect(await at(page, 'papers_20260705.html')).toBe('2026-07-05T00:00:00.000Z')
    expect(await at(page, 'papers.html')).toBe('2026-07-02T00:00:00.000Z')
  })

  test.each([
    ['a search', { ...props, query: 'sparse' }],
    ['a week', { ...props, periodType: 'week', dateString: '2026-W27' }],
    ['trending papers', { ...props, isTrending: true }],
    ['another day', { ...props, dateString: '2026-07-03' }],
  ])('of %s is no whole edition', async (_, other) => {
    const { reading } = await read(servedHtml(other))
    expect([reading.records.length, reading.editions]).toEqual([entries.length, []])
    expect(reading.records[0]?.listing?.date).toBe('2026-07-02')
  })

  test('of one paper is read as that paper', async () => {
    const { reading, source } = await read(
      servedHtml({ paper: entries[0].paper, comments: [], upvoted: false }, 'PaperContent'),
    )
    expect(source).toBe('json')
    expect(reading).toMatchObject({
      records: [{ arxivId: '2607.01218', upvotes: 4 }],
      rejections: [],
      editions: [],
    })
  })

  test('says when SingleFile saved it', async () => {
    const saved = `<!DOCTYPE html> <html><!--\n Page saved with SingleFile \n url: https://huggingface.co/papers \n saved date: Thu Jul 02 2026 11:00:00 GMT+0200 (Central European Summer Time)\n-->${page.slice(page.indexOf('<head'))}`
    expect((await read(saved, {})).reading).toEqual(expected)
  })

  test('may be a browser around a response of the API', async () => {
    const json = JSON.stringify(entries).replaceAll('&', '&amp;').replaceAll('<', '&lt;')
    const shown = `<html><head><meta charset="utf-8"></head><body><pre style="word-wrap: break-word">${json}</pre></body></html>`
    const { kind, source, reading } = await read(shown)
    expect([kind, source, reading.records.map(({ arxivId }) => arxivId)]).toEqual([
      'html',
      'json',
      expected.records.map(({ arxivId }) => arxivId),
    ])
    expect(reading.editions).toEqual([])
  })

  test('cut off within its data says so', async () => {
    await expect(read(page.slice(0, page.indexOf('dailyPapers') + 500))).rejects.toThrow(
      /the file is cut off/,
    )
  })

  test('without papers says so', async () => {
    const { reading } = await read(servedHtml({ ...props, dailyPapers: [] }), { name: 'page.html' })
    expect(reading).toMatchObject({
      records: [],
      rejections: [],
      notices: [{ message: 'The page lists no papers.' }],
    })
  })

  test('with a broken entry loses that one alone', async () => {
    const broken = changedEntry(entries[0], { 'paper.upvotes': Number('9'.repeat(40)) })
    const { reading } = await read(servedHtml({ ...props, dailyPapers: [broken, ...entries.slice(1)] }), {
      name: 'page.html',
    })
    expect(reading.records).toHaveLength(entries.length - 1)
    expect(reading.rejections).toMatchObject([{ position: 'page.html page item 1', path: 'paper.upvotes' }])
  })
})

describe('hostile HTML', () => {
  test.each([
    [
      'nothing of papers',
      '<html><body><p>Good morning</p></body></html>',
      /not a capture of the Daily Papers page/,
    ],
    ['cut off in its data', page.slice(0, 3_000), /cut off|not a capture/],
    ['data that is no JSON', page.replace('{&quot;dailyPapers', '{{&quot;dailyPapers'), /not complete JSON/],
    ['a nest of elements', `<html>${'<div>'.repeat(1_000_000)}`, /cut off|nested/],
    ['a nest of formats', `<html>${'<b>'.repeat(100_000)}${'</i>'.repeat(100_000)}`, /cut off|nested/],
    ['a huge attribute', `<html><p title="${'x'.repeat(10_000_000)}">`, /cut off/],
    [
      'many attributes',
      `<html><p ${Array.from({ length: 100_000 }, (_, n) => `a${n}=1`).join(' ')}>`,
      /cut off/,
    ],
    ['entities', `<html>${'&amp;lt'.repeat(500_000)}`, /not a capture/],
    ['open comments', `<html>${'<!--'.repeat(500_000)}`, /cut off/],
    ['open tags', `<html>${'<'.repeat(1_000_000)}`, /not a capture/],
    ['a part that does not end', mhtml('base64', '').slice(0, 400), /cut off|not a capture/],
  ])('%s is refused in time, with what to do', async (_, html, message) => {
    await expect(read(html)).rejects.toThrow(message)
  })

  test('a nest after the data costs nothing before it', async () => {
    const { reading } = await read(page.replace('</main>', '<i>'.repeat(200_000)), { name: 'page.html' })
    expect(reading.records).toHaveLength(entries.length)
    expect(reading.rejections).toMatchObject([{ reason: expect.stringContaining('nested too deep') }])
  })
})
