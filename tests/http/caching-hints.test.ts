import { parse } from 'graphql'
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { schema } from '../../schema/index.ts'
import { freshnessOf, hints } from '../../src/graphql/responses/cache-hints.ts'
import { query, useTestApp } from '../support/app.ts'
import { documents, libraryVariables } from '../support/documents.ts'
import { plantLibrary } from '../support/library.ts'

const app = useTestApp()
beforeAll(async () => {
  await plantLibrary(app.db)
  await app.db.updateTable('source').set({ last_success_at: '2026-06-08T00:00:00Z' }).execute()
})
afterEach(() => vi.useRealTimers())

describe('hints', () => {
  const freshness = (text: string, variables = {}) => freshnessOf(schema, parse(text), undefined, variables)

  test('name fields that the schema has', () => {
    const fields = Object.keys(hints).map((name) => name.split('.') as [string, string])
    for (const [type, field] of fields) {
      const found = schema.getType(type)
      expect(found && 'getFields' in found ? Object.keys(found.getFields()) : []).toContain(field)
    }
  })

  test('look at the arguments as they come', () => {
    const document =
      'query ($order: PaperOrder!, $asOf: DateTime) { papers(order: $order, asOf: $asOf) { totalCount } }'
    expect(freshness(document, { order: 'TRENDING' })?.clocked).toBe(true)
    expect(freshness(document, { order: 'TRENDING', asOf: '2026-06-01T00:00:00Z' })?.clocked).toBe(false)
    expect(freshness(document, { order: 'NEWEST' })?.clocked).toBe(false)
    expect(freshness('mutation { ingestPapers(papers: []) { newCount } }')).toBeUndefined()
  })

  const screens = [
    ...documents.map(({ name, text }) => ({ name, text, variables: libraryVariables[name] ?? {} })),
    ...documents
      .filter(({ name }) => name === 'trending')
      .map(({ text }) => ({ name: 'trending now', text, variables: {} })),
    { name: 'lag', text: '{ sources { lagSeconds } }', variables: {} },
    {
      name: 'a month, trending',
      text: '{ period(month: "2026-06") { papers(order: TRENDING) { nodes { title } } } }',
      variables: {},
    },
  ]

  test.each(screens)(
    'know whether the answer moves with the clock alone: $name',
    async ({ text, variables }) => {
      const at = (instant: string) => {
        vi.useFakeTimers({ toFake: ['Date'], now: new Date(instant) })
        return query<object>(app, text, variables)
      }
      const before = await at('2026-06-09T00:00:00Z')
      const after = await at('2026-06-16T00:00:00Z')
      const differs = JSON.stringify(before) !== JSON.stringify(after)
      expect(freshness(text, variables)?.clocked).toBe(differs)
    },
  )
})
