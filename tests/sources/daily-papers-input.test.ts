import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SourceError } from '../../src/ingest/errors.ts'
import { readDailyPapers } from '../../src/ingest/sources/daily-papers.ts'
import { fixtureEntries } from '../support/source-data.ts'

const observedAt = '2026-07-02T09:00:00.000Z'

describe('input that is no response', () => {
  test.each([[null], ['text'], [7], [{}], [{ papers: [] }], [{ error: 'Invalid date' }]])(
    '%j is refused as a whole',
    (json) => {
      expect(() => readDailyPapers(json, { observedAt })).toThrow(SourceError)
    },
  )

  test('an error of the API is quoted', () => {
    expect(() => readDailyPapers({ error: 'limit must be <= 100' }, { observedAt })).toThrow(
      /"limit must be <= 100"/,
    )
  })

  test('whatever JSON comes, it is read or refused, never a crash', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (json) => {
        try {
          const { records, rejections } = readDailyPapers(json, { observedAt })
          if (Array.isArray(json)) expect(records.length + rejections.length).toBe(json.length)
        } catch (error) {
          expect(error).toBeInstanceOf(SourceError)
        }
      }),
    )
  })

  test('whatever is broken in some items, the others are as without', () => {
    const entries = [
      ...fixtureEntries('2026-07-02.json'),
      ...fixtureEntries('2025-10-02.json'),
      ...fixtureEntries('2024-08-01.json'),
    ]
    const whole = readDailyPapers(entries, { observedAt }).records
    const path = fc.array(fc.nat(50), { minLength: 1, maxLength: 4 })
    const damage = fc.record({
      item: fc.nat(entries.length - 1),
      path,
      value: fc.option(fc.jsonValue(), { nil: undefined }),
    })
    fc.assert(
      fc.property(fc.array(damage, { minLength: 1, maxLength: 3 }), (damages) => {
        const copy = structuredClone(entries)
        for (const { item, path, value } of damages) breakAt(copy[item], path, value)
        const { records, rejections } = readDailyPapers(copy, { observedAt })
        const touched = new Set(damages.map(({ item }) => item))
        expect(records.length + rejections.length).toBe(entries.length)
        for (const { position } of rejections)
          expect(touched).toContain(Number(position.slice('item '.length)) - 1)
        for (const [item, record] of whole.entries())
          if (!touched.has(item)) expect(records).toContainEqual(record)
      }),
      { numRuns: 300 },
    )
  })
})

/** Walks down to some property, by number, and removes or replaces it. */
function breakAt(target: unknown, path: number[], value: unknown): void {
  if (typeof target !== 'object' || target === null) return
  const keys = Object.keys(target)
  const [first = 0, ...rest] = path
  const key = keys[first % keys.length]
  if (key === undefined) return
  const inner: unknown = Reflect.get(target, key)
  if (rest.length > 0 && typeof inner === 'object' && inner !== null) breakAt(inner, rest, value)
  else if (value === undefined) Reflect.deleteProperty(target, key)
  else Reflect.set(target, key, value)
}
