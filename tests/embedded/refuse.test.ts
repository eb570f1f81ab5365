import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { findBinaries } from '../../db/embedded/binaries.ts'
import { EmbeddedDatabaseError, startEmbedded } from '../../db/embedded/index.ts'
import { temporaryFolder } from '../support/embedded.ts'

async function refusal(start: () => unknown): Promise<string> {
  try {
    await start()
  } catch (error) {
    expect(error).toBeInstanceOf(EmbeddedDatabaseError)
    return error instanceof Error ? error.message : ''
  }
  throw new Error('was not refused')
}

test('a directory that holds something else is left alone', async () => {
  await using folder = temporaryFolder()
  const dataDir = join(folder.path, 'pg')
  mkdirSync(dataDir)
  writeFileSync(join(dataDir, 'thesis.txt'), 'years of work')
  const said = await refusal(() => startEmbedded({ dataDir }))
  expect(said).toContain(`${dataDir} is not empty and is not a Postgres data directory`)
  expect(readdirSync(dataDir)).toEqual(['thesis.txt'])
})

test('a directory of another major version is refused with both versions and the ways out', async () => {
  await using folder = temporaryFolder()
  const dataDir = join(folder.path, 'pg')
  mkdirSync(dataDir)
  writeFileSync(join(dataDir, 'PG_VERSION'), '12\n')
  const said = await refusal(() => startEmbedded({ dataDir }))
  expect(said).toMatch(/was created by Postgres 12; this is postgres \(PostgreSQL\) 1[5-9]/)
  expect(said).toContain('EMBEDDED_PG_BIN')
})

test('a place that cannot be a directory is refused', async () => {
  await using folder = temporaryFolder()
  writeFileSync(join(folder.path, 'file'), '')
  const said = await refusal(() => startEmbedded({ dataDir: join(folder.path, 'file', 'pg') }))
  expect(said).toContain('Cannot create the data directory')
})

test('without a Postgres the error names every way out', async () => {
  await using folder = temporaryFolder()
  const said = await refusal(() => startEmbedded({ dataDir: join(folder.path, 'pg'), binDir: folder.path }))
  for (const way of ['DATABASE_URL', '--omit=optional', 'apk add postgresql', 'EMBEDDED_PG_BIN']) {
    expect(said).toContain(way)
  }
  expect(readdirSync(folder.path)).toEqual([])
})

test.each([
  ['is too old', 'echo "postgres (PostgreSQL) 14.9"', 'postgres (PostgreSQL) 14.9 is older than 15'],
  ['does not load', 'echo "libicui18n.so.60: cannot open" >&2; exit 127', 'libicui18n.so.60: cannot open'],
])('a Postgres that %s is refused with the reason', async (_, script, reason) => {
  await using folder = temporaryFolder()
  for (const name of ['postgres', 'initdb']) {
    writeFileSync(join(folder.path, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 })
  }
  expect(await refusal(() => findBinaries({ binDir: folder.path }))).toContain(`${folder.path}: ${reason}`)
})

test('on musl the npm package is passed over', async () => {
  try {
    expect(findBinaries({ musl: true }).bin).not.toContain('node_modules')
  } catch (error) {
    expect(error).toMatchObject({ message: expect.stringContaining('(musl)') })
  }
})

test('Windows is told to name a server', async () => {
  const platform = Object.getOwnPropertyDescriptor(process, 'platform') ?? {}
  onTestFinished(() => void Object.defineProperty(process, 'platform', platform))
  Object.defineProperty(process, 'platform', { ...platform, value: 'win32' })
  expect(await refusal(() => startEmbedded({ dataDir: 'never-made/pg' }))).toMatch(/Windows.*DATABASE_URL/)
})
