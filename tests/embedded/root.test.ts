import { spawnSync } from 'node:child_process'
import { chmodSync, chownSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startEmbedded } from '../../db/embedded/index.ts'
import { barrierFor, serverUser } from '../../db/embedded/privileges.ts'
import { Launched, query, temporaryFolder, until } from '../support/embedded.ts'
import { processes, runs } from '../support/processes.ts'

const isRoot = process.getuid?.() === 0
const nobody = { uid: idOf('-u'), gid: idOf('-g') }

function idOf(flag: string): number {
  return Number(spawnSync('id', [flag, 'nobody'], { encoding: 'utf8' }).stdout)
}

function uidOf(pid: number): number | undefined {
  return processes().find((found) => found.pid === pid)?.uid
}

test('root starts Postgres as an unprivileged user, and as the named one', async ({ skip }) => {
  skip(!isRoot, 'needs root')
  await using folder = temporaryFolder()
  await using usual = await startEmbedded({ dataDir: join(folder.path, 'usual'), sync: false })
  expect(uidOf(usual.pid)).not.toBe(0)
  const dataDir = join(folder.path, 'named')
  await using named = await startEmbedded({ dataDir, user: 'nobody', sync: false })
  expect([uidOf(named.pid), statSync(dataDir).uid]).toEqual([nobody.uid, nobody.uid])
  const unknown = startEmbedded({ dataDir: join(folder.path, 'no'), user: 'no-such-user' })
  await expect(unknown).rejects.toThrow('EMBEDDED_PG_USER "no-such-user" is not an unprivileged user')
})

test('root in a folder that only root can enter: Postgres runs in a user namespace and still ends with its server', async ({
  skip,
}) => {
  skip(!isRoot, 'needs root')
  skip(spawnSync('unshare', ['--user', 'true']).status !== 0, 'needs user namespaces')
  await using folder = temporaryFolder()
  chmodSync(folder.path, 0o700)
  const dataDir = join(folder.path, 'pg')
  await using child = new Launched({ dataDir })
  const { pid } = await child.message('ready')
  child.kill('SIGKILL')
  await until('Postgres to end', () => !runs(pid))
  await using next = await startEmbedded({ dataDir })
  expect(next.firstStart).toBe(false)
  expect(await query(next.url, 'select 1 as one')).toEqual([{ one: 1 }])
  expect(statSync(dataDir).uid).toBe(0)
})

test('root in such a folder without namespaces is told which folder stands in the way', async ({ skip }) => {
  skip(!isRoot, 'needs root')
  await using folder = temporaryFolder()
  const inside = join(folder.path, 'a', 'b')
  expect(barrierFor(nobody, inside)).toBeUndefined()
  chmodSync(folder.path, 0o700)
  expect(barrierFor(nobody, inside)).toBe(folder.path)
  // With no Postgres to try it on, the namespace fails as a refused one does.
  expect(() => serverUser({ bin: join(folder.path, 'none'), parent: inside })).toThrow(
    `cannot enter ${folder.path}. Run the server as a normal user, run chmod o+x ${folder.path}`,
  )
})

test('a normal user without a home starts it; root and others are then told whose it is', async ({
  skip,
}) => {
  skip(!isRoot, 'needs root, to become another user')
  const closed = barrierFor(nobody, process.execPath) ?? barrierFor(nobody, import.meta.filename)
  skip(closed !== undefined, `the user nobody cannot enter ${closed}`)
  await using folder = temporaryFolder()
  chownSync(folder.path, nobody.uid, nobody.gid)
  const dataDir = join(folder.path, 'pg')
  const asNobody = { ...nobody, env: {} }
  {
    await using child = new Launched({ dataDir, sync: false, process: asNobody })
    const { pid, url } = await child.message('ready')
    expect(uidOf(pid)).toBe(nobody.uid)
    expect(await query(url, 'select 1 as one')).toEqual([{ one: 1 }])
  }
  const owned = /belongs to uid \d+, and Postgres would run as uid \d+.*chown -R/
  await expect(startEmbedded({ dataDir, user: 'daemon' })).rejects.toThrow(owned)
  const rootsOwn = join(folder.path, 'roots')
  mkdirSync(rootsOwn, { mode: 0o700 })
  writeFileSync(`${rootsOwn}.lock`, '')
  const failure = async () => {
    await using refused = new Launched({ dataDir: rootsOwn, process: asNobody })
    return await refused.message('failed')
  }
  const locked = expect.stringMatching(/Cannot lock .*roots\.lock.*chown/)
  expect(await failure()).toMatchObject({ name: 'EmbeddedDatabaseError', message: locked })
  rmSync(`${rootsOwn}.lock`)
  const foreign = expect.stringMatching(owned)
  expect(await failure()).toMatchObject({ name: 'EmbeddedDatabaseError', message: foreign })
})
