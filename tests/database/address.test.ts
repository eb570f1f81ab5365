import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { readAddress } from '../../db/connection/address.ts'

const folder = mkdtempSync(join(tmpdir(), 'daily-papers-address-'))
const root = join(folder, 'root.crt')
writeFileSync(root, 'a certificate')
afterAll(() => rmSync(folder, { recursive: true }))

const unchecked = { rejectUnauthorized: false }
const ways = (query: string, host = 'db.example') =>
  readAddress(`postgresql://me:secret@${host}/papers${query}`).targets.map(({ ssl }) => ssl)

describe('the modes of TLS mean what libpq says', () => {
  test.each([
    ['', [false, unchecked]],
    ['?sslmode=disable', [false]],
    ['?sslmode=allow', [false, unchecked]],
    ['?sslmode=prefer', [unchecked, false]],
    ['?sslmode=require', [unchecked]],
    ['?sslmode=verify-full', [{}]],
    ['?sslmode=verify-ca', [{}]],
    ['?sslmode=no-verify', [unchecked]],
    ['?ssl=true', [{}]],
    ['?ssl=0', [false]],
    [`?sslmode=verify-full&sslrootcert=${root}`, [{ ca: 'a certificate' }]],
    [`?sslmode=verify-full&sslrootcert=system`, [{}]],
  ])('%s', (query, expected) => {
    expect(ways(query)).toEqual(expected)
  })

  test.each(['require', 'verify-ca'])('%s with a root checks the certificate, but not its name', (mode) => {
    const [way] = ways(`?sslmode=${mode}&sslrootcert=${root}`)
    expect(way).toEqual({ ca: 'a certificate', checkServerIdentity: expect.any(Function) })
  })

  test('on a unix socket there is no TLS, whatever the mode', () => {
    expect(readAddress('postgresql:///papers?host=%2Ftmp&sslmode=require').targets).toMatchObject([
      { ssl: false },
    ])
  })

  test('the driver sees none of these parameters, so it cannot warn of them', () => {
    const query = '?sslmode=require&application_name=x&target_session_attrs=any&uselibpqcompat=true'
    expect(readAddress(`postgresql://me@db.example/papers${query}`).targets[0]?.connectionString).toBe(
      'postgresql://me@db.example/papers?application_name=x',
    )
  })

  test.each([
    ['?sslmode=strict', 'its sslmode is "strict", but must be one of disable, allow'],
    ['?sslmode=verify-full&sslrootcert=/nowhere.crt', 'its sslrootcert cannot be read: ENOENT'],
    ['?target_session_attrs=master', 'its target_session_attrs is "master", but must be one of any'],
  ])('%s is refused', (query, message) => {
    expect(() => ways(query)).toThrow(message)
  })
})

test.each([
  ['one:5432,two:5433', '', ['one:5432', 'two:5433']],
  ['one,two', '', ['one', 'two']],
  ['[::1]:5432,127.0.0.1:5433', '', ['[::1]:5432', '127.0.0.1:5433']],
])('%s%s are several hosts, in order', (hosts, query, expected) => {
  const { targets } = readAddress(`postgresql://me:secret@${hosts}/papers?sslmode=disable${query}`)
  expect(targets.map(({ connectionString }) => new URL(connectionString).host)).toEqual(expected)
})

test('hosts and ports may be parameters', () => {
  const { targets } = readAddress('postgresql:///papers?host=one,two&port=1,2&sslmode=disable')
  expect(targets.map(({ connectionString }) => new URL(connectionString).search)).toEqual([
    '?host=one&port=1',
    '?host=two&port=2',
  ])
})
