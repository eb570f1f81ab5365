import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { answerTo, startTestApp, useTestApp } from '../support/app.ts'
import { answer, folder, greeting, manifest } from '../support/trusted.ts'

const open = useTestApp()

describe('a manifest', () => {
  const start = (path: string) => startTestApp({ settings: { TRUSTED_DOCUMENTS: path }, beside: open })

  test.each([
    ['that is missing', join(folder, 'none.json'), 'it cannot be read (ENOENT). Correct TRUSTED_DOCUMENTS.'],
    ['that is no JSON', manifest('a.json', '{'), 'it is not JSON. Generate it again with your build tool.'],
    ['of another shape', manifest('b.json', [1]), 'it contains no documents, neither as'],
    ['without documents', manifest('c.json', {}), 'it contains no documents, neither as'],
    [
      'with a text that is no GraphQL',
      manifest('d.json', { x: '{' }),
      'its document "x" is not valid GraphQL: Syntax',
    ],
    [
      'with two documents for one id',
      manifest('e.json', {
        format: 'apollo-persisted-query-manifest',
        operations: [
          { id: 'x', body: '{ a: __typename }' },
          { id: 'x', body: '{ b: __typename }' },
        ],
      }),
      'it contains two documents with the id "x".',
    ],
  ])('%s does not start', async (_what, path, reason) => {
    await expect(start(path)).rejects.toThrow(reason)
    await expect(start(path)).rejects.toThrow(path)
  })

  test('with a document of yesterday’s schema starts, and tells which one', async () => {
    await using app = await start(manifest('old.json', { old: '{ gone }', new: greeting }))
    expect(app.logged.join('\n')).toMatch(/Trusted documents do not match the schema.*old/)
    expect((await answerTo(app, { documentId: 'old' })).errors?.[0]?.message).toContain('"gone"')
    expect(await answerTo(app, { documentId: 'new' })).toEqual(answer)
  })
})
