import { writeSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import { lead } from '../../db/connection/leader.ts'
import { openDatabase } from '../../db/database.ts'

/** A leader whose work is to write its process id into the table `written`, again and again. */
const [url = '', leaseMs = ''] = process.argv.slice(2)
const { db, close } = openDatabase({ connectionString: url })
const stop = new AbortController()
process.once('SIGTERM', () => stop.abort())
const say = (line: string) => writeSync(1, `${line}\n`)

await lead(
  { db, name: 'test', signal: stop.signal, leaseMs: Number(leaseMs), retryIntervalMs: 50 },
  async ({ signal, assertHeld }) => {
    say('leading')
    try {
      while (!signal.aborted) {
        await db.transaction().execute(async (trx) => {
          // Frozen in the middle, it must not hold up the others for long.
          await sql`set local idle_in_transaction_session_timeout = 500`.execute(trx)
          await sql`insert into written values (${process.pid}::integer)`.execute(trx)
          await assertHeld(trx)
        })
        await sleep(20)
      }
    } finally {
      say('not leading')
    }
  },
)
await close()
