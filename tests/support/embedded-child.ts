import { writeSync } from 'node:fs'
import pg from 'pg'
import { type EmbeddedDatabase, startEmbedded } from '../../db/embedded/index.ts'
import type { ChildMessage, ChildTask } from './embedded.ts'

/** A server in miniature that owns an embedded database: the tests start it, watch its lines and kill it. */
const { task, options }: ChildTask = JSON.parse(process.argv[2] ?? '')

try {
  const database = await startEmbedded({
    sync: false,
    ...options,
    log: (line) => say({ event: 'log', line }),
  })
  const { pid, url, firstStart } = database
  const pool = new pg.Pool({ connectionString: url })
  pool.on('error', () => {})
  if (task === 'hold') holdUntilSignalled(database, pool)
  say({ event: 'ready', pid, url, firstStart })
  switch (task) {
    case 'write':
      await pool.query('create table if not exists written (n bigint primary key)')
      await Promise.all(Array.from({ length: 4 }, (_, lane) => write(pool, lane)))
      break
    case 'exit':
      process.exit(3)
      break
    case 'throw':
      setImmediate(() => {
        throw new Error('thrown on purpose')
      })
      break
    case 'end':
      await pool.end()
      break
  }
} catch (error) {
  say({
    event: 'failed',
    name: error instanceof Error ? error.name : '',
    message: error instanceof Error ? error.message : String(error),
  })
  process.exitCode = 1
}

/** As a server does: a signal lets it finish its work with the database, and only then stops that. */
function holdUntilSignalled(database: EmbeddedDatabase, pool: pg.Pool): void {
  process.stdin.resume()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, async () => {
      const { rows } = await pool.query('select 42 as answer')
      say({ event: 'drained', answer: rows[0].answer })
      await pool.end()
      await database.stop()
      process.stdin.destroy()
    })
  }
}

/** Inserts without end and says each number once its commit was acknowledged. */
async function write(pool: pg.Pool, lane: number): Promise<void> {
  for (let n = Date.now() * 1000 + lane; ; n += 4) {
    await pool.query('insert into written values ($1)', [n])
    say({ event: 'written', n })
  }
}

/** Written at once, so that a line that was said survives a kill right after it. */
function say(message: ChildMessage): void {
  writeSync(1, `${JSON.stringify(message)}\n`)
}
