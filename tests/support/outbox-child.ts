import { writeSync } from 'node:fs'
import { sql } from 'kysely'
import { openDatabase } from '../../db/database.ts'
import { settle } from '../../db/outbox/claims.ts'
import { startOutboxWorker } from '../../db/outbox/worker.ts'
import { markDone, testOutbox } from './outbox.ts'

/** Works on `test_work`: each delivery is a row in `test_sent`, recorded afterwards. Arguments: URL, name, lease. */
const [url = '', name = '', leaseMs = ''] = process.argv.slice(2)
const { db, close } = openDatabase({ connectionString: url })
const outside = openDatabase({ connectionString: url, max: 4 })
let sent = 0
const worker = startOutboxWorker({
  db,
  outbox: testOutbox,
  concurrency: 4,
  leaseMs: Number(leaseMs),
  pollIntervalMs: 100,
  minIntervalMs: 10,
  async work(claim) {
    await sql`insert into test_sent values (${claim.name}, ${name})`.execute(outside.db)
    await settle(db, testOutbox, claim, markDone(claim, name))
    sent += 1
    writeSync(1, `sent ${sent}\n`)
  },
})
process.once('SIGTERM', async () => {
  await worker.close(10_000)
  await close()
  await outside.close()
})
