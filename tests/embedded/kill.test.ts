import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { type EmbeddedDatabase, startEmbedded } from '../../db/embedded/index.ts'
import { Launched, query, temporaryFolder, until } from '../support/embedded.ts'
import { childrenOf, processes, runs, watcherOf } from '../support/processes.ts'

const folder = temporaryFolder()
const dataDir = join(folder.path, 'pg')
afterAll(() => folder[Symbol.asyncDispose]())

const acknowledged = 200

/** Starts a child that writes until it is killed, and waits until it has had enough acknowledged. */
async function writer(): Promise<{ child: Launched; postmaster: number }> {
  const child = new Launched({ dataDir, task: 'write' })
  const { pid } = await child.message('ready')
  await until('the child to write', () => written(child).length >= acknowledged)
  return { child, postmaster: pid }
}

function written({ messages }: Launched): number[] {
  return messages.flatMap((message) => (message.event === 'written' ? message.n : []))
}

async function lostRows(child: Launched, { url }: EmbeddedDatabase): Promise<number[]> {
  const rows = await query(url, 'select n from written')
  const kept = new Set(rows.map(({ n }) => Number(n)))
  return written(child).filter((n) => !kept.has(n))
}

test('kill -9 of the server while it writes: Postgres follows it, and the next start has every acknowledged row', async () => {
  const { child, postmaster } = await writer()
  child.kill('SIGKILL')
  await child.ended
  await until('Postgres to end with its server', () => !runs(postmaster))
  await using next = await startEmbedded({ dataDir })
  expect(next.firstStart).toBe(false)
  expect(await lostRows(child, next)).toEqual([])
})

test('kill -9 of the server and a start at once: the new server waits for the old Postgres', async () => {
  const { child, postmaster } = await writer()
  child.kill('SIGKILL')
  await using next = await startEmbedded({ dataDir })
  expect(next.pid).not.toBe(postmaster)
  await child.ended
  expect(await lostRows(child, next)).toEqual([])
})

test('kill -9 of the server and its watcher: the Postgres left behind is stopped by the next start', async () => {
  const { child, postmaster } = await writer()
  process.kill(watcherOf(postmaster) ?? Number.NaN, 'SIGKILL')
  child.kill('SIGKILL')
  await child.ended
  expect(runs(postmaster)).toBe(true)
  const said: string[] = []
  await using next = await startEmbedded({ dataDir, log: (line) => said.push(line) })
  expect(said).toEqual([`stopping Postgres ${postmaster}, left by a server that was killed`])
  expect(runs(postmaster)).toBe(false)
  expect(await lostRows(child, next)).toEqual([])
})

test('kill -9 of everything: the next start recovers every acknowledged row', async () => {
  const { child, postmaster } = await writer()
  const all = [watcherOf(postmaster), child.pid, postmaster, ...childrenOf(postmaster)]
  expect(all.length).toBeGreaterThan(5)
  for (const pid of all) if (pid !== undefined && runs(pid)) process.kill(pid, 'SIGKILL')
  await child.ended
  expect(statSync(join(dataDir, 'postmaster.pid')).isFile()).toBe(true)
  await using next = await startEmbedded({ dataDir })
  expect(await lostRows(child, next)).toEqual([])
})

test('kill -9 of the postmaster: `exited` tells, and its own server can start again', async () => {
  await using database = await startEmbedded({ dataDir, sync: false })
  process.kill(database.pid, 'SIGKILL')
  expect(await database.exited).toEqual({ code: null, signal: 'SIGKILL' })
  await database.stop()
  await using next = await startEmbedded({ dataDir })
  expect(await query(next.url, 'select 1 as one')).toEqual([{ one: 1 }])
})

test('kill -9 in the middle of initdb: the next start is a first start, and clears what is left', async () => {
  await using folder = temporaryFolder()
  const dataDir = join(folder.path, 'pg')
  const unfinished = () => readdirSync(folder.path).filter((name) => name.startsWith('pg.init-'))
  const child = new Launched({ dataDir, sync: false })
  const started = (name: string) => existsSync(join(folder.path, name, 'base'))
  await until('initdb to be at work', () => unfinished().some(started))
  child.kill('SIGKILL')
  await child.ended
  {
    await using next = await startEmbedded({ dataDir, sync: false })
    expect(next.firstStart).toBe(true)
  }
  await until(
    'the orphaned initdb to end',
    () => !processes().some(({ command }) => command.includes('pg.init-')),
  )
  await using later = await startEmbedded({ dataDir, sync: false })
  expect(later.firstStart).toBe(false)
  expect(unfinished()).toEqual([])
})
