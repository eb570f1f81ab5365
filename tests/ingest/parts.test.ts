import { afterEach, beforeEach, expect, test } from 'vitest'
import { readingsOf } from '../../db/editions.ts'
import { type IngestCommand, ingestCommand } from '../support/ingest.ts'
import { pageCard } from '../support/source-inputs.ts'
import { entries } from '../support/upstream-data.ts'

let ingest: IngestCommand
beforeEach(async () => {
  ingest = await ingestCommand()
})
afterEach(() => ingest[Symbol.asyncDispose]())

const date = '2026-06-16'
const day = entries(12, date)
const listed = async () =>
  (
    await ingest.database.database.db
      .selectFrom('listing')
      .select('paper_id')
      .where('edition_date', '=', date)
      .execute()
  ).length
const readings = async () => {
  const found = await readingsOf(ingest.database.database.db, [date])
  return found.map(({ source }) => source)
}

test('a part of an edition is no reading of it, and no paper leaves the edition because of it', async () => {
  const whole = ingest.file(`daily_papers?date=${date}`, JSON.stringify(day))
  const parts = [
    ingest.file('answer.json', JSON.stringify(day.slice(0, 3))),
    ingest.file(`${date}.json`, JSON.stringify(day.slice(2, 7))),
    ingest.file(
      'lines.jsonl',
      day
        .slice(0, 2)
        .map((entry) => JSON.stringify(entry))
        .join('\n'),
    ),
  ]
  expect(await ingest.summary(parts)).toMatchObject({ code: 0, new: 7 })
  expect([await listed(), await readings()]).toEqual([7, []])
  expect(await ingest.summary([whole, '--observed-at', '2026-06-16T20:00:00Z'])).toMatchObject({
    code: 0,
    new: 5,
  })
  expect([await listed(), await readings()]).toEqual([12, ['huggingface']])
  for (const part of parts) {
    expect(await ingest.summary([part, '--observed-at', '2026-06-17T20:00:00Z'])).toMatchObject({
      code: 0,
      new: 0,
    })
  }
  expect([await listed(), await readings()]).toEqual([12, ['huggingface']])
})

test('a page with fewer papers than are known of its edition is a part of it, whichever comes first', async () => {
  const page = ingest.file('page.txt', `Daily Papers\n\nJun 16\n\n${pageCard('One paper of today')}`)
  const options = ['--observed-at', '2026-06-16T20:00:00Z']
  await ingest.summary([page, ...options])
  expect(await readings()).toEqual(['page'])
  await ingest.summary([ingest.file('day.json', JSON.stringify(day)), ...options])
  expect([await listed(), await readings()]).toEqual([13, []])
  await ingest.summary([page, '--observed-at', '2026-06-16T21:00:00Z'])
  expect(await readings()).toEqual([])
})
