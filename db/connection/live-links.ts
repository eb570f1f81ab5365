import { performance } from 'node:perf_hooks'
import type pg from 'pg'

/** A connection that was given back less than this ago needs no check. */
const trustedForMs = 1_000
/** How long a check may take. */
const checkTimeoutMs = 2_000

/**
 * Connections of a pool that answer. A link can fall silent without an end: a firewall forgets it, an address moves.
 * So a connection that has been idle is asked for a sign of life before it is used, and one on which a statement
 * stayed without an answer is closed instead of given back. After the first silent link, connections that have not
 * been used since are closed without being asked.
 */
export class LiveLinks {
  readonly #pool: pg.Pool
  readonly #releasedAt = new WeakMap<pg.PoolClient, number>()
  #suspectUntil = 0

  constructor(pool: pg.Pool) {
    this.#pool = pool
  }

  async take(): Promise<pg.PoolClient> {
    for (;;) {
      const client = await this.#pool.connect()
      if (await this.#answers(client)) return client
      close(client)
    }
  }

  giveBack(client: pg.PoolClient, { destroy }: { destroy: boolean }): void {
    if (destroy) {
      close(client)
      return
    }
    this.#releasedAt.set(client, performance.now())
    client.release()
  }

  /** A statement stayed without an answer. */
  noteSilence(): void {
    this.#suspectUntil = performance.now()
  }

  async #answers(client: pg.PoolClient): Promise<boolean> {
    const idleSince = this.#releasedAt.get(client)
    const now = performance.now()
    if (idleSince === undefined) return true
    if (idleSince <= this.#suspectUntil) return false
    if (now - idleSince < trustedForMs) return true
    try {
      await client.query(check)
      return true
    } catch {
      this.#suspectUntil = now
      return false
    }
  }
}

// pg's types do not have the limit of one statement, which its manual describes.
const check = { text: 'select', query_timeout: checkTimeoutMs } as pg.QueryConfig

/** Without a farewell, which would wait for an answer. */
function close(client: pg.PoolClient): void {
  client.release(true)
  client.connection.stream.destroy()
}

/** Whether pg gave up on the answer to a statement (`query_timeout`). It has no code for that. */
export function isUnanswered(error: unknown): boolean {
  return error instanceof Error && error.message === 'Query read timeout'
}
