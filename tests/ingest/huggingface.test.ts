import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { days, type EditionQuery, readEditions } from '../../src/ingest/huggingface.ts'
import { huggingFaceClient } from '../../src/ingest/upstreams.ts'
import { testClock } from '../support/clock.ts'
import { gather } from '../support/source-data.ts'
import { startUpstream, type Upstream } from '../support/upstream.ts'
import { anEntry, entries } from '../support/upstream-data.ts'
import { type Fault, faults } from '../support/upstream-faults.ts'

let upstream: Upstream
beforeEach(async () => {
  upstream = await startUpstream()
})
afterEach(() => upstream[Symbol.asyncDispose]())

function reading(...queries: EditionQuery[]) {
  const clock = testClock('2026-06-30T12:00:00.000Z')
  const said: string[] = []
  const upstreams = {
    huggingfaceUrl: upstream.url,
    arxivUrl: upstream.url,
    contact: undefined,
    traceparent: undefined,
  }
  const client = huggingFaceClient(upstreams, { clock, onWait: (sentence) => said.push(sentence) })
  return { readings: gather(readEditions(queries, { client, clock })), said, host: client.host }
}

const idsOf = (read: Awaited<ReturnType<typeof gather<{ records: { arxivId?: string }[] }>>>) =>
  read.flatMap(({ records }) => records.map((record) => record.arxivId)).sort()
const ids = (listed: { paper: { id: string } }[]) => listed.map(({ paper }) => paper.id).sort()
const pages = () => upstream.requests.map(({ query }) => `${query.p}/${query.limit}`)

describe('an edition', () => {
  test('of a weekday is one request, seen when it was answered, and whole', async () => {
    upstream.editions.set('2026-06-16', entries(23, '2026-06-16'))
    const [edition, ...others] = await reading({ date: '2026-06-16' }).readings
    expect(others).toEqual([])
    expect(edition?.records).toHaveLength(23)
    expect(edition?.editions).toEqual([{ date: '2026-06-16', readAt: '2026-06-30T12:00:00.000Z' }])
    expect(edition?.records[0]?.listing).toMatchObject({ date: '2026-06-16', submitter: { name: 'akhaliq' } })
    expect(pages()).toEqual(['0/100'])
  })

  test('of a weekend is empty', async () => {
    expect(await reading({ date: '2026-06-14' }).readings).toMatchObject([{ records: [], rejections: [] }])
  })

  test('of 230 entries is read in pages, twice, because the votes may have moved', async () => {
    const listed = entries(230, '2026-06-16')
    upstream.editions.set('2026-06-16', listed)
    const read = await reading({ date: '2026-06-16' }).readings
    expect(idsOf(read)).toEqual(ids(listed))
    expect(read[0]?.editions).toHaveLength(1)
    expect(pages()).toEqual(['0/100', '1/100', '2/100', '0/100', '1/100', '2/100'])
  })

  test('is not cut off by a server that gives 50 whatever it is asked for', async () => {
    const listed = entries(120, '2026-06-16')
    upstream.always((request, response) => {
      const p = Number(new URL(request.url ?? '', upstream.url).searchParams.get('p'))
      faults.status(200, {}, listed.slice(p * 50, p * 50 + 50))(request, response)
    })
    expect(idsOf(await reading({ date: '2026-06-16' }).readings)).toEqual(ids(listed))
  })

  test('of exactly 50 is known to be whole', async () => {
    upstream.editions.set('2026-06-16', entries(50, '2026-06-16'))
    const [edition] = await reading({ date: '2026-06-16' }).readings
    expect(edition?.records).toHaveLength(50)
    expect(edition?.editions).toHaveLength(1)
    expect(pages().slice(0, 2)).toEqual(['0/100', '1/50'])
  })

  test('an entry that rises to a page already read is not lost, and none is doubled', async () => {
    const listed = entries(150, '2026-06-16')
    upstream.editions.set('2026-06-16', listed)
    let asked = 0
    upstream.beforeList = () => {
      asked += 1
      // Between the first page and the second the last one becomes the first.
      const last = listed.at(-1)
      if (asked === 2 && last) last.paper.upvotes = 1_000
    }
    const read = await reading({ date: '2026-06-16' }).readings
    expect(idsOf(read)).toEqual(ids(listed))
    expect(read[0]?.records.find(({ arxivId }) => arxivId === listed.at(-1)?.paper.id)?.upvotes).toBe(1_000)
    expect(read[0]?.editions).toHaveLength(1)
  })

  test('that never stands still is given as far as it was seen, and not as whole', async () => {
    let asked = 0
    upstream.always((request, response) => {
      asked += 1
      faults.status(
        200,
        {},
        entries(120, '2026-06-16', `26${String(asked).padStart(2, '0')}`).slice(0, asked % 2 ? 100 : 20),
      )(request, response)
    })
    const [edition] = await reading({ date: '2026-06-16' }).readings
    expect(edition?.editions).toEqual([])
    expect(asked).toBe(10)
  })

  test('that has no end is given up', async () => {
    let asked = 0
    upstream.always((request, response) => {
      asked += 1
      faults.status(200, {}, entries(100, '2026-06-16', String(2000 + asked)))(request, response)
    })
    await expect(reading({ date: '2026-06-16' }).readings).rejects.toThrow('an endless series of pages')
  })

  test('with a broken entry keeps the others, tells which, and is not whole', async () => {
    const [first, ...others] = entries(3, '2026-06-16')
    upstream.editions.set('2026-06-16', [
      { ...first, title: undefined, paper: { ...first?.paper, title: 7 } },
      ...others,
    ])
    const { readings, host } = reading({ date: '2026-06-16' })
    const [edition] = await readings
    expect(edition?.records).toHaveLength(2)
    expect(edition?.editions).toEqual([])
    expect(edition?.rejections).toEqual([
      expect.objectContaining({ position: `${host} date=2026-06-16 item 1`, path: 'paper.title' }),
    ])
  })
})

describe('several editions', () => {
  test('of a range are asked for one after the other, weekends too', async () => {
    upstream.editions.set('2026-06-12', entries(2, '2026-06-12'))
    upstream.editions.set('2026-06-15', [anEntry({ id: '2606.00009', date: '2026-06-15' })])
    const read = await reading(...days('2026-06-12', '2026-06-15')).readings
    expect(read.map(({ records }) => records.length)).toEqual([2, 0, 0, 1])
    expect(upstream.requests.map(({ query }) => query.date)).toEqual([
      '2026-06-12',
      '2026-06-13',
      '2026-06-14',
      '2026-06-15',
    ])
  })

  test('of a month come one by one; a paper on two of them is listed on both', async () => {
    upstream.editions.set('2026-06-15', [anEntry({ id: '2606.00001', date: '2026-06-15' })])
    upstream.editions.set('2026-06-16', [
      anEntry({ id: '2606.00001', date: '2026-06-16' }),
      anEntry({ id: '2606.00002', date: '2026-06-16' }),
    ])
    const read = await reading({ month: '2026-06' }).readings
    const byDate = Object.fromEntries(
      read.map(({ editions, records }) => [editions[0]?.date, records.map((record) => record.arxivId)]),
    )
    expect(byDate).toEqual({ '2026-06-15': ['2606.00001'], '2026-06-16': ['2606.00001', '2606.00002'] })
  })

  test.each([
    [{ date: '2026-07-01' }, '2026-07-01 is in the future: in UTC it is 2026-06-30.'],
    [{ month: '2026-07' }, '2026-07 is in the future: in UTC it is 2026-06.'],
    [{ week: '2026-W28' }, '2026-W28 is in the future: in UTC it is 2026-W27.'],
  ])('%o is refused without a request', async (query, words) => {
    await expect(reading(query).readings).rejects.toThrow(words)
    expect(upstream.requests).toEqual([])
  })
})

describe('an upstream in trouble', () => {
  const passing: [string, Fault, string][] = [
    ['half a body', faults.halfBody(), 'closed the connection in the middle of its response.'],
    ['JSON that is cut off', faults.cutJson(), 'Hugging Face answered with JSON that is cut off or damaged.'],
    [
      'a gzip that is cut off',
      faults.cutGzip(),
      'Hugging Face answered with JSON that is cut off or damaged.',
    ],
    [
      'an object',
      faults.status(200, {}, {}),
      'Hugging Face answered with JSON that is not a list of papers.',
    ],
    [
      'nothing at all',
      faults.empty('application/json'),
      'Hugging Face answered with JSON that is cut off or damaged.',
    ],
    ['a limit', faults.status(429, { 'retry-after': '2' }), 'received too many requests (429).'],
  ]
  test.each(passing)('%s in the middle: nothing is lost or doubled', async (_name, fault, words) => {
    const listed = entries(150, '2026-06-16')
    upstream.editions.set('2026-06-16', listed)
    let asked = 0
    upstream.beforeList = () => {
      asked += 1
      if (asked === 1) upstream.next(fault)
    }
    const { readings, said } = reading({ date: '2026-06-16' })
    expect(idsOf(await readings)).toEqual(ids(listed))
    expect(said).toEqual([expect.stringContaining(words)])
  })
})
