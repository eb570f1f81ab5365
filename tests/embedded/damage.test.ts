import { mkdirSync, readdirSync, renameSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { findBinaries } from '../../db/embedded/binaries.ts'
import { EmbeddedDatabaseError, startEmbedded } from '../../db/embedded/index.ts'
import { temporaryFolder } from '../support/embedded.ts'

async function refusal(start: () => Promise<unknown>): Promise<string> {
  const error = await start().then(
    () => expect.fail('It started.'),
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(EmbeddedDatabaseError)
  return String(error)
}

const newestIn = (folder: string) =>
  join(
    folder,
    readdirSync(folder)
      .filter((name) => /^\d/.test(name))
      .sort((a, b) => Number(a) - Number(b))
      .at(-1) ?? '',
  )

test.each([
  ['a control file of zeros', (data: string) => zeros(join(data, 'global/pg_control'))],
  ['no control file', (data: string) => rmSync(join(data, 'global/pg_control'))],
  ['no log of writes', (data: string) => emptied(join(data, 'pg_wal'))],
  ['no files of our database', (data: string) => rmSync(newestIn(join(data, 'base')), { recursive: true })],
  ['an empty catalog', (data: string) => truncateSync(join(data, 'global/1262'), 0)],
])('%s: a sentence with the next step, and never the advice to initialise anew', async (_, damage) => {
  await using folder = temporaryFolder()
  const dataDir = join(folder.path, 'pg')
  const embedded = await startEmbedded({ dataDir, sync: false })
  await embedded.stop()
  damage(dataDir)
  const said = await refusal(() => startEmbedded({ dataDir }))
  expect(said).toContain(`The files of the embedded database in ${dataDir} are damaged (`)
  expect(said).toContain('put a backup in its place')
  expect(said).not.toMatch(/initdb|pg_resetwal/)
})

function zeros(file: string): void {
  writeFileSync(file, Buffer.alloc(statSync(file).size))
}

function emptied(folder: string): void {
  for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true })
}

const { major } = findBinaries()

test.each([major - 1, major + 1])(
  'the data of Postgres %d beside it: it does not start empty',
  async (other) => {
    await using folder = temporaryFolder()
    const old = join(folder.path, `pg${other}`)
    mkdirSync(old)
    writeFileSync(join(old, 'PG_VERSION'), `${other}\n`)
    const dataDir = join(folder.path, `pg${major}`)
    const said = await refusal(() => startEmbedded({ dataDir, sync: false }))
    expect(said).toContain(
      `${old} has the data of Postgres ${other}, which this Postgres ${major} cannot read`,
    )
    expect(said).toContain('EMBEDDED_PG_BIN')
    expect(readdirSync(folder.path).filter((name) => /^pg\d+$/.test(name))).toEqual([`pg${other}`])

    renameSync(old, join(folder.path, 'kept-elsewhere'))
    const embedded = await startEmbedded({ dataDir, sync: false })
    await embedded.stop()
    renameSync(join(folder.path, 'kept-elsewhere'), old)
    const again = await startEmbedded({ dataDir, sync: false })
    expect(again.firstStart).toBe(false)
    await again.stop()
  },
)
