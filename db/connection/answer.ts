import type pg from 'pg'
import { TimeoutError } from './within.ts'

export type AnswerCallback = (error: Error | null, result?: pg.QueryResult) => void

/**
 * The answer of pg to what `send` sends with a callback. Rejects with TimeoutError if none comes within `timeoutMs`, 0
 * for any time; the connection is of no use then.
 *
 * pg has promises and a limit of time itself, but for both it assigns a function to a property of the query. V8 makes
 * such functions old objects from the beginning, so that all they know, the rows of the answer included, stays until a
 * full collection, and is moved about by small ones.
 */
export function answerTo(
  timeoutMs: number,
  send: (callback: AnswerCallback) => void,
): Promise<pg.QueryResult> {
  return new Promise((resolve, reject) => {
    const giveUp = () => reject(new TimeoutError('Postgres did not answer in time.'))
    const timer = timeoutMs > 0 ? setTimeout(giveUp, timeoutMs) : undefined
    send((error, result) => {
      clearTimeout(timer)
      if (error) reject(error)
      else resolve(result as pg.QueryResult)
    })
  })
}
