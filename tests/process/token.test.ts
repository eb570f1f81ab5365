import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { expiryOf, hashOfToken } from '../../src/access-token.ts'
import { readConfig } from '../../src/config.ts'
import { useTestDatabase } from '../support/database.ts'
import { runMain } from '../support/main.ts'

const cwd = mkdtempSync(join(tmpdir(), 'daily-papers-token-'))
const database = useTestDatabase()
afterAll(() => rmSync(cwd, { recursive: true }))

const run = (...args: string[]) =>
  runMain(['token', ...args], { cwd, env: { DATABASE_URL: database.url, PLANT_SEEDS: 'off' } })

describe('daily-papers token', () => {
  test('create prints the token alone and stores only its hash; list shows it, revoke ends it', async () => {
    const created = await run('create', '--name', 'ci', '--role', 'ingest', '--expires', '90d')
    expect([created.code, created.stdout]).toEqual([0, expect.stringMatching(/^dp_[\w-]{43}\n$/)])
    expect(created.stderr).toMatch(/^Token ci: role ingest, expires at \d{4}-.*cannot be shown again\.\n$/)
    const token = created.stdout.trim()
    const rows = await database.database.db.selectFrom('access_token').selectAll().execute()
    expect(rows).toMatchObject([{ name: 'ci', role: 'ingest', hash: hashOfToken(token), revoked_at: null }])
    expect(JSON.stringify(rows)).not.toContain(token)

    expect(await run('create', '--name', 'ci', '--role', 'read')).toMatchObject({
      code: 1,
      stdout: '',
      stderr: 'A token with the name "ci" is in use. Revoke it, or choose another name.\n',
    })
    expect((await run('list')).stdout).toMatch(/^NAME +ROLE +STATE .*\nci +ingest +active +\d{4}-.*Z +-\n$/)
    expect((await run('revoke', 'ci')).stdout).toContain('The token ci is revoked.')
    expect((await run('list')).stdout).toMatch(/^ci +ingest +revoked/m)
    expect(JSON.parse((await run('list', '--json')).stdout)).toMatchObject({ name: 'ci', lastUsedAt: null })
    expect(await run('revoke', 'ci')).toMatchObject({
      code: 1,
      stderr: 'No token in use has the name "ci". "daily-papers token list" shows all.\n',
    })
    expect(await run('create', '--name', 'ci', '--role', 'read')).toMatchObject({ code: 0 })
  })

  test.each([
    [['create', '--name', 'a b', '--role', 'read'], 'Use 1 to 64 letters'],
    [['create', '--name', 'a', '--role', 'root'], 'Allowed choices are read, gateway, ingest, admin'],
    [['create', '--name', 'a', '--role', 'read', '--expires', 'soon'], 'such as 90d'],
    [['create', '--role', 'read'], "required option '--name <name>' not specified"],
  ])('%j is refused', async (args, sentence) => {
    const { code, stderr, stdout } = await run(...args)
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toContain(sentence)
  })
})

const now = new Date('2026-06-16T12:00:00Z')
test.each([
  ['90d', '2026-09-14T12:00:00.000Z'],
  ['15m', '2026-06-16T12:15:00.000Z'],
  ['2027-01-31T00:00:00+01:00', '2027-01-30T23:00:00.000Z'],
  ['2027-01-31', '2027-01-31T00:00:00.000Z'],
  ['2026-06-16', undefined],
  ['0d', undefined],
  ['90', undefined],
  ['9999999w', undefined],
  ['2027-02-31T25:00Z', undefined],
])('--expires %s is %s', (text, expected) => {
  expect(expiryOf(text, now)?.toISOString()).toBe(expected)
})

describe('WRITE_TOKEN_FILE', () => {
  const file = join(cwd, 'write-token')

  test('holds the token of WRITE_TOKEN, as secrets of containers do', () => {
    writeFileSync(file, 'a-token-from-a-file\n')
    expect(readConfig({ WRITE_TOKEN_FILE: file }).writeToken).toBe('a-token-from-a-file')
  })

  test('is refused beside WRITE_TOKEN, without a file, and for a short token', () => {
    writeFileSync(file, 'a-token-from-a-file')
    expect(() => readConfig({ WRITE_TOKEN_FILE: file, WRITE_TOKEN: 'another-token-here' })).toThrow(
      'WRITE_TOKEN and WRITE_TOKEN_FILE are both set',
    )
    expect(() => readConfig({ WRITE_TOKEN_FILE: `${file}-away` })).toThrow('the path of a file that holds')
    writeFileSync(file, 'short')
    expect(() => readConfig({ WRITE_TOKEN_FILE: file })).toThrow('the path of a file that holds')
  })
})
