import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type IngestCommand, ingestCommand } from '../support/ingest.ts'
import { runMain } from '../support/main.ts'
import { anEntry, entries } from '../support/upstream-data.ts'
import { faults } from '../support/upstream-faults.ts'

let ingest: IngestCommand
beforeEach(async () => {
  ingest = await ingestCommand()
})
afterEach(() => ingest[Symbol.asyncDispose]())

describe('upstreams', () => {
  test('one edition, a range, a month', async () => {
    ingest.upstream.editions.set('2026-06-15', entries(2, '2026-06-15', '2605'))
    ingest.upstream.editions.set('2026-06-16', entries(3, '2026-06-16'))
    expect(await ingest.summary(['huggingface', '--date', '2026-06-16'])).toMatchObject({
      code: 0,
      new: 3,
      sources: ['huggingface'],
    })
    expect(await ingest.summary(['huggingface', '--from', '2026-06-14', '--to', '2026-06-16'])).toMatchObject(
      {
        new: 2,
        unchanged: 3,
      },
    )
    expect(await ingest.summary(['huggingface', '--month', '2026-06'])).toMatchObject({
      new: 0,
      changed: 0,
      unchanged: 5,
    })
    expect(ingest.upstream.requests[0]?.headers['user-agent']).toMatch(/^daily-papers\/\d/)
  })

  test('requests are part of the trace in TRACEPARENT', async () => {
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'
    const before = ingest.upstream.requests.length
    const args = ['ingest', 'huggingface', '--date', '2026-06-16']
    const env = {
      DATABASE_URL: ingest.database.url,
      HUGGINGFACE_URL: ingest.upstream.url,
      TRACEPARENT: traceparent,
    }
    await runMain(args, { cwd: ingest.folder, env })
    expect(ingest.upstream.requests[before]?.headers.traceparent).toBe(traceparent)
  })

  test('a failure in the middle of a range keeps what came before, and says why it ended', async () => {
    ingest.upstream.editions.set('2026-06-15', [])
    ingest.upstream.beforeList = () => ingest.upstream.next(faults.html())
    const told = await ingest.summary(['huggingface', '--from', '2026-06-15', '--to', '2026-06-16'])
    ingest.upstream.beforeList = undefined
    expect(told).toMatchObject({
      code: 1,
      error: expect.stringContaining('answered with a web page (HTML) instead of JSON'),
    })
    expect(told.stderr.trim()).toBe(told.error)
  })

  test('arXiv completes what it has not described', async () => {
    await ingest.summary(
      ['-'],
      JSON.stringify([
        anEntry({ id: '2606.00001', date: '2026-06-16' }),
        anEntry({ id: '9999.00001', date: '2026-06-16' }),
      ]),
    )
    const told = await ingest.summary(['arxiv', '--missing'])
    expect(told).toMatchObject({ code: 2, changed: 1, rejected: 1 })
    expect(told.stderr).toMatch(/^Rejected \S+ 9999\.00001: arXiv has no paper with this id\.\n$/)
  })

  test('killed in the middle, it has what it stored; the same again brings the rest and doubles nothing', async () => {
    ingest.upstream.editions.set('2026-06-15', entries(600, '2026-06-15', '2605'))
    await using cli = ingest.start(['huggingface', '--from', '2026-06-15', '--to', '2026-06-16'])
    await nextDayAsked()
    await stored(600)
    cli.kill('SIGKILL')
    await cli.ended
    ingest.upstream.beforeList = undefined
    ingest.upstream.always()
    ingest.upstream.editions.set('2026-06-16', entries(2, '2026-06-16'))
    expect(await ingest.summary(['huggingface', '--from', '2026-06-15', '--to', '2026-06-16'])).toMatchObject(
      {
        ...{ code: 0, new: 2, changed: 0, unchanged: 600 },
      },
    )
    expect(await ingest.papers()).toBe(602)
  })

  test('Ctrl-C stops at the edge of a batch and says what is stored', async () => {
    ingest.upstream.editions.set('2026-06-15', entries(600, '2026-06-15'))
    await using cli = ingest.start(['huggingface', '--from', '2026-06-15', '--to', '2026-06-16'])
    await nextDayAsked()
    await stored(600)
    cli.kill('SIGINT')
    expect(await cli.ended).toEqual({ code: 130, signal: null })
    expect(cli.stderr).toContain('Stopping after the current batch; press Ctrl-C again to quit at once.')
    expect(cli.stdout).toMatch(/^600 records read .* Stopped before the end\.\n$/)
    expect(await ingest.papers()).toBe(600)
  })
})

/** The upstream answers for one day of 600 entries, and not for the next one: resolves when that is asked for. */
function nextDayAsked(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  ingest.upstream.beforeList = () => {
    // Two passes of six pages each.
    if (ingest.upstream.requests.length === 12) ingest.upstream.always(() => resolve())
  }
  return promise
}

/** Resolves when so many papers are stored. A batch is stored while the upstream is asked for more. */
async function stored(papers: number): Promise<void> {
  await expect.poll(() => ingest.papers(), { timeout: 150_000 }).toBe(papers)
}
