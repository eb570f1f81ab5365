import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { errorCodes } from '../../schema/core/error-codes.ts'
import { settings } from '../../src/settings.ts'

const root = new URL('../../', import.meta.url)
const textOf = (path: string) => readFileSync(new URL(path, root), 'utf8')

interface Row {
  readonly limit: string
  readonly setting: string
  readonly fallback: string
  readonly refusal: string
  readonly file: string
}

/** The rows of the table of limits. */
const rows: Row[] = [
  ...textOf('.github/SECURITY.md').matchAll(
    /^\| ([^|]+) \| `(\w+)` \| ([^|]+) \| ([^|]+) \| `([\w/.-]+)` \|$/gm,
  ),
].map(([, limit = '', setting = '', fallback = '', refusal = '', file = '']) => ({
  ...{ limit, setting, fallback, refusal, file },
}))

const units: Readonly<Record<string, number>> = { s: 1000, KiB: 1024, MiB: 1024 ** 2, MB: 1_000_000 }

/** `128 KiB` as the setting has it: 131072. */
function numberIn(text: string): number {
  const [, amount = '', unit = ''] = /^([\d,]+)(?: (\w+))?/.exec(text) ?? []
  return Number(amount.replaceAll(',', '')) * (units[unit] ?? 1)
}

test('the table of limits has every setting that limits, and others', () => {
  const named = Object.keys(settings).filter(
    (name) =>
      /^(MAX_|CLIENT_POINTS|POOL_(?!SIZE)|WRITE_(?!TOKEN))/.test(name) || /_(TIMEOUT|STALL)_MS$/.test(name),
  )
  expect(named.filter((name) => !rows.some(({ setting }) => setting === name))).toEqual([])
})

test.each(rows)('$limit: the default, the code and the test are those of the table', (row) => {
  const { setting, fallback, refusal, file } = row
  expect(numberIn(fallback)).toBe(settings[setting as keyof typeof settings].parse(undefined))
  const [code] = /^`\w+`$/.exec(refusal) ?? []
  const name = code?.slice(1, -1)
  if (name !== undefined) expect(Object.keys(errorCodes)).toContain(name)
  expect(existsSync(new URL(file, root))).toBe(true)
})
