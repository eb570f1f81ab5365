import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { ConfigError, readConfig } from '../../src/config.ts'
import { maskPassword } from '../../src/connection-string.ts'
import { settings } from '../../src/settings.ts'

function faultsOf(env: Record<string, string>): string {
  try {
    readConfig(env)
  } catch (error) {
    if (error instanceof ConfigError) return error.message
    throw error
  }
  return 'none'
}

describe('settings', () => {
  test('nothing set: everything has a default that is safe on a laptop', () => {
    const config = readConfig({})
    expect(config.http).toMatchObject({ host: '127.0.0.1', port: 4000 })
    expect(config.database.url).toBeUndefined()
    expect(config.embedded.dataDir).toBe('.data')
    expect(config.writeToken).toBeUndefined()
  })

  test('an empty variable is an absent one', () => {
    expect(readConfig({ PORT: '', WRITE_TOKEN: ' ', DATABASE_URL: '' })).toEqual(readConfig({}))
  })

  test('what is read is frozen to the bottom', () => {
    const config = readConfig({})
    expect(() => Object.assign(config.http, { port: 1 })).toThrow(TypeError)
  })

  test('the listening connection uses DATABASE_URL unless it has one of its own', () => {
    const url = 'postgresql://localhost/papers'
    expect(readConfig({ DATABASE_URL: url }).database.listenUrl).toBe(url)
    const direct = 'postgresql://localhost:5433/papers'
    expect(readConfig({ DATABASE_URL: url, DATABASE_LISTEN_URL: direct }).database.listenUrl).toBe(direct)
  })

  test('every fault is named at once, each with what was given and what is allowed', () => {
    const message = faultsOf({
      PORT: '70000',
      DATABASE_URL: 'mysql://me:hunter2@host/db',
      PLANT_SEEDS: 'perhaps',
      CORS_ORIGINS: 'https://a.example,example.org/path',
      LOG_LEVEL: 'loud',
    })
    expect(message.split('\n')).toEqual([
      'PORT is "70000", but must be a whole number from 0 to 65535.',
      'DATABASE_URL is "mysql://me:***@host/db", but must be a URL like postgresql://user:password@host:5432/database.',
      'PLANT_SEEDS is "perhaps", but must be on or off.',
      'CORS_ORIGINS is "https://a.example,example.org/path", but must be *, none, or origins like https://example.org, separated by commas.',
      'LOG_LEVEL is "loud", but must be debug, info, warn or error.',
    ])
  })

  test('a variable under its old name is refused with a sentence that names the new one', () => {
    const old = { FOLLOW: 'huggingface', FOLLOW_MINUTES: '5', FOLLOW_DAYS: '14', POLL: 'arxiv' }
    expect(faultsOf(old).split('\n')).toEqual([
      'FOLLOW is not a setting: use POLL.',
      'FOLLOW_MINUTES is not a setting: use POLL_MINUTES.',
      'FOLLOW_DAYS is not a setting: use POLL_DAYS.',
      'POLL is "arxiv", but must be none or huggingface.',
    ])
    expect(faultsOf({ FOLLOW: '' })).toBe('none')
  })

  test('a listening URL without a database URL would be forgotten, so it is a fault', () => {
    expect(faultsOf({ DATABASE_LISTEN_URL: 'postgresql://localhost/papers' })).toBe(
      'DATABASE_LISTEN_URL is set, but DATABASE_URL is not: set both, or only DATABASE_URL, or neither.',
    )
  })

  test.each(['4.5', '-1', '0x10', '1e3', 'NaN', '４０００', '4000 4001'])('PORT %j is refused', (port) => {
    expect(faultsOf({ PORT: port })).toMatch(/^PORT is /)
  })

  test('a token that is too short is refused without being shown', () => {
    expect(faultsOf({ WRITE_TOKEN: 'hunter2' })).toBe(
      'WRITE_TOKEN is (not shown), but must be at least 16 characters without spaces.',
    )
  })
})

test.each(Object.entries(settings))('%s can say what it allows', (_name, schema) => {
  expect(schema.meta()?.allowed).toMatch(/\w|\*/)
})

describe('connection strings in messages', () => {
  test.each([
    ['postgresql://me:se:c@ret@host:5/db?x=1', 'postgresql://me:***@host:5/db?x=1'],
    ['postgresql://me:se/cr#et@host/db', 'postgresql://me:***@host/db'],
    ['me:secret@host/db', 'me:***@host/db'],
    [
      'postgresql:///db?host=%2Ftmp&password=secret&user=me',
      'postgresql:///db?host=%2Ftmp&password=***&user=me',
    ],
    ["host=h password='se cret' user=me", 'host=h password=*** user=me'],
    ['postgresql://host:5432/db', 'postgresql://host:5432/db'],
    ['postgresql://ada@host:5432/db', 'postgresql://ada@host:5432/db'],
    ['postgresql://ada@one:5432,two:5432/db', 'postgresql://ada@one:5432,two:5432/db'],
    ['postgresql://ada:p@ss@host:5432/db', 'postgresql://ada:***@host:5432/db'],
  ])('%s is shown as %s', (url, shown) => {
    expect(maskPassword(url)).toBe(shown)
  })
})

test('the operations page describes every setting with its default, and no other', () => {
  const page = readFileSync(new URL('../../src/OPERATIONS.md', import.meta.url), 'utf8')
  const rows = [...page.matchAll(/^\| `([A-Z][A-Z_]+)` \|(.*?)\|/gm)].map(([, name, standard]) => [
    name,
    standard?.replaceAll('`', '').trim(),
  ])
  const defaults = Object.entries(settings).map(([name, schema]) => {
    const value = schema.safeParse(undefined).data
    return [name, shown(value)]
  })
  expect(rows).toEqual(defaults)
})

function shown(value: unknown): string {
  if (value === undefined) return ''
  if (typeof value === 'boolean') return value ? 'on' : 'off'
  return String(value)
}
