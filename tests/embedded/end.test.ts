import { join } from 'node:path'
import pg from 'pg'
import { afterAll, expect, test } from 'vitest'
import { startEmbedded } from '../../db/embedded/index.ts'
import { type ChildTask, Launched, temporaryFolder, until } from '../support/embedded.ts'
import { runs } from '../support/processes.ts'

const folder = temporaryFolder()
const dataDir = join(folder.path, 'pg')
afterAll(() => folder[Symbol.asyncDispose]())

const endings: [string, ChildTask['task'], number][] = [
  ['process.exit', 'exit', 3],
  ['an uncaught error', 'throw', 1],
  ['the end of the script', 'end', 0],
]

test.each(endings)('%s ends Postgres too', async (_, task, code) => {
  await using child = new Launched({ dataDir, task })
  const { pid } = await child.message('ready')
  expect(await child.ended).toEqual({ code, signal: null })
  await until('Postgres to end', () => !runs(pid))
  await using next = await startEmbedded({ dataDir })
  expect(next.firstStart).toBe(false)
})

test.each(['SIGINT', 'SIGTERM'] as const)(
  '%s to the whole process group leaves Postgres to the server',
  async (signal) => {
    await using child = new Launched({ dataDir, process: { detached: true } })
    const { pid } = await child.message('ready')
    process.kill(-child.pid, signal) // as a terminal does for Ctrl-C
    expect(await child.message('drained')).toEqual({ event: 'drained', answer: 42 })
    expect(await child.ended).toEqual({ code: 0, signal: null })
    expect(runs(pid)).toBe(false)
  },
)

test('stop is quick beside a pool that has just ended, and is sure beside one that nobody ended', async () => {
  {
    await using database = await startEmbedded({ dataDir, sync: false })
    const pool = new pg.Pool({ connectionString: database.url })
    // Its clients may be told of the end before their sockets are closed.
    pool.on('connect', (client) => client.on('error', () => {}))
    await Promise.all([pool.query('select 1'), pool.query('select 2'), pool.query('select 3')])
    await pool.end()
    await Promise.all([database.stop(), database.stop()])
    expect(await database.exited).toEqual({ code: 0, signal: null })
  }
  const database = await startEmbedded({ dataDir })
  const errors: Error[] = []
  const forgotten = new pg.Pool({ connectionString: database.url })
  forgotten.on('error', (error) => errors.push(error))
  await forgotten.query('select 1')
  await database.stop()
  expect(runs(database.pid)).toBe(false)
  await until('the pool to hear of it', () => errors.length > 0)
  await forgotten.end()
})
