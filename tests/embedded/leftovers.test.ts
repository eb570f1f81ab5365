import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startEmbedded } from '../../db/embedded/index.ts'
import { query, temporaryFolder, until } from '../support/embedded.ts'
import { once } from '../support/patience.ts'
import { processes, runs } from '../support/processes.ts'

const folder = temporaryFolder()
const dataDir = join(folder.path, 'pg')
afterAll(() => folder[Symbol.asyncDispose]())

beforeAll(async () => {
  await using _ = await startEmbedded({ dataDir, sync: false })
})

/** Makes a file look as a Postgres leaves it that was killed and had this pid. */
function claim(file: string, pid: number): void {
  writeFileSync(file, `${pid}\n${dataDir}\n1700000000\n5432\n${dataDir}\n\n`)
}

test('a pid file that names a stranger is removed, and the stranger lives', async () => {
  const stranger = spawn('sleep', ['60'])
  try {
    claim(join(dataDir, 'postmaster.pid'), stranger.pid ?? 0)
    const said: string[] = []
    await using database = await startEmbedded({ dataDir, log: (line) => said.push(line) })
    expect(said).toEqual([`removing the stale ${dataDir}/postmaster.pid: process ${stranger.pid} is sleep`])
    expect(await query(database.url, 'select 1 as one')).toEqual([{ one: 1 }])
    expect(runs(stranger.pid ?? 0)).toBe(true)
  } finally {
    stranger.kill('SIGKILL')
  }
})

test('a pid file that names the Postgres of another directory does not stop that one', async () => {
  await using other = await startEmbedded({ dataDir: join(folder.path, 'other'), sync: false })
  claim(join(dataDir, 'postmaster.pid'), other.pid)
  await using database = await startEmbedded({ dataDir })
  expect(await query(database.url, 'select 1 as one')).toEqual([{ one: 1 }])
  expect(await query(other.url, 'select 2 as two')).toEqual([{ two: 2 }])
})

test('a pid file that names a zombie is removed', async () => {
  // The shell becomes a program that never asks how its child ended.
  const parent = spawn('/bin/sh', ['-c', 'sleep 0 & exec sleep 60'])
  try {
    const zombie = () => processes().find((found) => found.parent === parent.pid && found.zombie)?.pid
    await until('a zombie', () => zombie() !== undefined)
    claim(join(dataDir, 'postmaster.pid'), zombie() ?? 0)
    const said: string[] = []
    await using _ = await startEmbedded({ dataDir, log: (line) => said.push(line) })
    expect(said).toEqual([expect.stringContaining('is a zombie')])
  } finally {
    parent.kill('SIGKILL')
  }
})

test('a pid file of a process that is gone, a stale socket lock and a half made cluster do no harm', async () => {
  const gone = spawn('true')
  await once(gone, 'exit')
  const unfinished = join(folder.path, 'pg.init-a1B2c3')
  mkdirSync(join(unfinished, 'base'), { recursive: true })
  claim(join(dataDir, 'postmaster.pid'), gone.pid ?? 0)
  // This process lives, so Postgres alone would take its socket for one in use.
  claim(join(dataDir, '.s.PGSQL.5432.lock'), process.pid)
  writeFileSync(join(dataDir, '.s.PGSQL.5432'), '')
  await using database = await startEmbedded({ dataDir })
  expect(await query(database.url, 'select 1 as one')).toEqual([{ one: 1 }])
  expect(existsSync(unfinished)).toBe(false)
})

test('a backend that computes on without its postmaster is ended', async () => {
  const first = await startEmbedded({ dataDir, sync: false })
  const client = new pg.Client({ connectionString: first.url })
  client.on('error', () => {})
  await client.connect()
  // Computes without ever waiting for anything, so it does not notice by itself that its postmaster is gone.
  const busy = client.query('select count(*) from generate_series(1, 1000000000000)').catch(() => {})
  const active = "select 1 from pg_stat_activity where query like '%10000000000%' and pid <> pg_backend_pid()"
  while ((await query(first.url, active)).length === 0);
  process.kill(first.pid, 'SIGKILL')
  await first.exited
  await first.stop()
  await using database = await startEmbedded({ dataDir })
  expect(await query(database.url, 'select 1 as one')).toEqual([{ one: 1 }])
  await busy
})
