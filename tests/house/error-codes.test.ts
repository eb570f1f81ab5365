import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { errorCodes } from '../../schema/core/error-codes.ts'

const text = readFileSync(new URL('../../schema/errors.md', import.meta.url), 'utf8')

test('schema/errors.md describes every code that clients can get, and no other', () => {
  const rows = [...text.matchAll(/^\| `([A-Z_]+)` \| (\d+) \| (.+) \|$/gm)].map(([, ...cells]) => cells)
  expect(rows).toEqual(
    Object.entries(errorCodes).map(([code, { status, meaning }]) => [code, String(status), meaning]),
  )
})

test.each(Object.entries(errorCodes))('%s has a meaning in whole sentences', (_code, { meaning }) => {
  expect(meaning).toMatch(/^[`A-Z].* .*\.$/)
})
