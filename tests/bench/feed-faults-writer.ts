import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import { openDatabase } from '../../db/database.ts'
import type { NewFeedEvent } from '../../db/feed/events.ts'
import { addPapers, append } from '../support/feed.ts'
import { random } from './random.ts'

/**
 * A writer process of the fault script: transactions that take their numbers early or late, commit late, or roll
 * back, from several connections at once. Arguments: database URL, seed. Runs until it is told to stop.
 */
const [, , url = '', seed = '1'] = process.argv
const next = random(Number(seed))
const { db, close } = openDatabase({ connectionString: url, max: 4, onError: () => {} })
let stopping = false
process.once('SIGTERM', () => {
  stopping = true
})

const keywords = ['odd', 'even', 'rare']

async function write(worker: number): Promise<void> {
  for (let round = 0; !stopping; round++) {
    try {
      await db.transaction().execute(async (trx) => {
        const amount = 1 + Math.floor(next() * 4)
        const titles = Array.from({ length: amount }, (_, index) => `S${seed}W${worker}R${round}P${index}`)
        const ids = await addPapers(trx, titles)
        const keyword = keywords[Math.floor(next() * (next() < 0.1 ? 3 : 2))]
        await sql`update paper set keyword_keys = array[${keyword}] where id = any(${ids}::bigint[])`.execute(
          trx,
        )
        if (next() < 0.5) await sleep(next() * 20)
        await append(trx, ids.flatMap(eventsOf))
        // Whoever takes numbers now waits for this commit.
        if (next() < 0.3) await sleep(next() * 30)
        if (next() < 0.1) throw new Error('Rolled back.')
      })
    } catch {
      await sleep(20)
    }
    await sleep(next() * 30)
  }
}

function eventsOf(paperId: number): NewFeedEvent[] {
  const ingested: NewFeedEvent = {
    kind: 'ingested',
    paper_id: paperId,
    source: 'client',
    data: { paper: {} },
  }
  const changed = { upvotes: { before: 0, after: 1 } }
  const updated: NewFeedEvent = { kind: 'updated', paper_id: paperId, source: 'client', data: { changed } }
  return next() < 0.3 ? [ingested, updated] : [ingested]
}

await Promise.all([1, 2, 3].map(write))
await close()
