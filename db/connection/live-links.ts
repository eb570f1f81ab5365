import { performance } from 'node:perf_hooks'
import type pg from 'pg'
import type { ServerState } from './hosts.ts'
import { stateNow } from './session.ts'

/** A connection that was given back less than this ago needs no check. */
const trustedForMs = 1_000
/** One that is always in use is checked so often nevertheless, for what its server has become. */
const checkIntervalMs = 5_000
/** How long a check may take. */
const checkTimeoutMs = 2_000

/**
 * Connections of a pool that answer. A link can fall silent without an end: a firewall forgets it, an address moves.
 * So a connection that has been idle is asked for a sign of life before it is used, and one on which a statement
 * stayed without an answer is closed instead of given back. After the first silent link, connections that have not
 * been used since are closed without being asked. The answer says what the server has become: `isUnchanged` decides
 * whether the connection is still of use.
 */
export class LiveLinks {
  readonly #pool: pg.Pool
  readonly #isUnchanged: (client: pg.PoolClient, state: ServerState) => boolean
  readonly #releasedAt = new WeakMap<pg.PoolClient, number>()
  readonly #checkedAt = new WeakMap<pg.PoolClient, number>()
  #suspectUntil = 0

  constructor(pool: pg.Pool, isUnchanged: (client: pg.PoolClient, state: ServerState) => boolean) {
    this.#pool = pool
    this.#isUnchanged = isUnchanged
  }

  async take(): Promise<pg.PoolClient> {
    for (;;) {
      const client = await this.#pool.connect()
      if (await this.#isUsable(client)) return client
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

  async #isUsable(client: pg.PoolClient): Promise<boolean> {
    const now = performance.now()
    const idleSince = this.#releasedAt.get(client)
    if (idleSince === undefined) {
      this.#checkedAt.set(client, now)
      return true
    }
    if (idleSince <= this.#suspectUntil) return false
    const checkedAt = this.#checkedAt.get(client) ?? 0
    if (now - idleSince < trustedForMs && now - checkedAt < checkIntervalMs) return true
    const state = await this.#ask(client)
    this.#checkedAt.set(client, now)
    return state !== undefined && this.#isUnchanged(client, state)
  }

  /** What its server is; undefined if it does not answer. */
  async #ask(client: pg.PoolClient): Promise<ServerState | undefined> {
    const askedAt = performance.now()
    try {
      const { rows } = await client.query<ServerState>(check)
      return rows[0]
    } catch {
      this.#suspectUntil = askedAt
      return undefined
    }
  }
}

// pg's types do not have the limit of one statement, which its manual describes.
const check = { text: stateNow, query_timeout: checkTimeoutMs } as pg.QueryConfig

/** Without a farewell, which would wait for an answer. */
function close(client: pg.PoolClient): void {
  client.release(true)
  client.connection.stream.destroy()
}
