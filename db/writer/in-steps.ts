import { setTimeout as wait } from 'node:timers/promises'
import type { Transaction } from 'kysely'
import { write } from '../connection/write-queue.ts'
import type { Db } from '../database.ts'
import type { Tables } from '../tables.ts'

export interface StepsOptions {
  /** Ends the work after the transaction in progress; the next call goes on from there. */
  readonly signal?: AbortSignal | undefined
  /** Whether to rest between transactions for as long as they take, so that others get their turn. */
  readonly rests?: boolean
  readonly onProgress?: (papers: number) => void
}

/**
 * Work over all papers, some in each transaction. `step` returns how many it did, undefined if none are left; it keeps
 * in the database how far it came. Returns how many papers there were.
 */
export async function inSteps(
  db: Db,
  step: (trx: Transaction<Tables>) => Promise<number | undefined>,
  { signal, rests = false, onProgress }: StepsOptions = {},
): Promise<number> {
  let papers = 0
  while (!signal?.aborted) {
    const started = performance.now()
    const made = await write(db, step)
    if (made === undefined) break
    papers += made
    onProgress?.(papers)
    if (rests) await wait(performance.now() - started, undefined, { signal }).catch(() => {})
  }
  return papers
}
