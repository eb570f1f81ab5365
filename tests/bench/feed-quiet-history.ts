import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import { openDatabase } from '../../db/database.ts'
import { parseCursor } from '../../db/feed/cursor.ts'
import { readLogState } from '../../db/feed/log.ts'
import { execute } from '../support/execute.ts'
import { addPapers, append, ingested } from '../support/feed.ts'
import type { DatabaseProxy } from '../support/proxy.ts'
import { databaseUrl } from '../support/urls.ts'

/** The database of the quiet faults, its one writer, and all events that ever were in it. */
export interface History extends AsyncDisposable {
  /** Events written so far. */
  readonly written: number
  /** Events that were committed and are in the log no more. */
  readonly lost: ReadonlySet<string>
  /** How wrong the writer's clock is. */
  clockOffsetSeconds: number
  /** The event just before a cursor: its number and mark. */
  keyOf(cursor: string): string
  /** The events of the log, in order. */
  log(): Promise<string[]>
  /** The process that polls, by its lease, and the fencing number of the lease. */
  poller(): Promise<{ pid: number; fence: number }>
  until(written: number): Promise<void>
  /** Resolves when nothing is written any more. */
  pause(): Promise<void>
  resume(): void
  lock(table: string, milliseconds: number): Promise<void>
  /** The database refuses writes, and the servers' links to it are cut. */
  readOnly(milliseconds: number): Promise<void>
  /** Puts the log back by so many events, as a failover to a standby that was behind. */
  loseCommits(events: number): Promise<void>
  /** Copies the database; some time later the copy, with so many writes of its own, takes the database's place. */
  restoreBackup(afterMs: number, copy: { writes: number }): Promise<void>
}

export async function createHistory(
  clusterUrl: string,
  name: string,
  links: DatabaseProxy,
): Promise<History> {
  const url = databaseUrl(clusterUrl, name)
  const lost = new Set<string>()
  let database = openDatabase({ connectionString: url, max: 2, onError: () => {} })
  const { epoch } = await readLogState(database.db)
  let stopping = false
  let paused = false
  let writing: Promise<unknown> = Promise.resolve()

  async function write(db = database.db): Promise<void> {
    await db.transaction().execute(async (trx) => {
      const ids = await addPapers(trx, [`Paper ${history.written} a`, `Paper ${history.written} b`])
      const last = await append(trx, [...ids.map((id) => ingested(id)), ...ids.map((id) => ingested(id))])
      if (history.clockOffsetSeconds !== 0) {
        await sql`update feed_event set recorded_at = recorded_at + make_interval(secs => ${history.clockOffsetSeconds})
          where number > ${last - 4}`.execute(trx)
      }
    })
    history.written += 4
  }

  /** Nothing is connected while `change` runs. */
  async function offline(change: () => Promise<void>): Promise<void> {
    await history.pause()
    await database.close()
    links.accepts = false
    links.cut()
    await execute(
      clusterUrl,
      `select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = '${name}'`,
    )
    await change()
    database = openDatabase({ connectionString: url, max: 2, onError: () => {} })
    links.accepts = true
    history.resume()
  }

  const history: History & { written: number } = {
    written: 0,
    lost,
    clockOffsetSeconds: 0,
    keyOf(cursor) {
      const { number, exact } = parseCursor(epoch, cursor)
      return `${number} ${exact?.position.mark}`
    },
    async log() {
      const { rows } = await sql<{ key: string }>`
        select number || ' ' || mark as key from feed_event order by number`.execute(database.db)
      return rows.map(({ key }) => key)
    },
    async poller() {
      const { owner, fence } = await database.db.selectFrom('lease').selectAll().executeTakeFirstOrThrow()
      return { pid: Number(owner.split(' ')[1]), fence }
    },
    async until(written) {
      while (history.written < written) await sleep(20)
    },
    async pause() {
      paused = true
      await writing
    },
    resume() {
      paused = false
    },
    async lock(table, milliseconds) {
      await database.db.transaction().execute(async (trx) => {
        await sql`lock table ${sql.ref(table)} in access exclusive mode`.execute(trx)
        await sleep(milliseconds)
      })
    },
    async readOnly(milliseconds) {
      await history.pause()
      await execute(clusterUrl, `alter database ${name} set default_transaction_read_only = on`)
      links.cut()
      await sleep(milliseconds)
      await execute(clusterUrl, `alter database ${name} reset default_transaction_read_only`)
      links.cut()
      history.resume()
    },
    async loseCommits(events) {
      await history.pause()
      const keys = await history.log()
      for (const key of keys.slice(-events)) lost.add(key)
      await database.db.transaction().execute(async (trx) => {
        await sql`delete from feed_event where number > ${keys.length - events}`.execute(trx)
        await sql`update feed set head = ${keys.length - events}`.execute(trx)
      })
      history.resume()
    },
    async restoreBackup(afterMs, { writes }) {
      await offline(() => execute(clusterUrl, `create database copied template ${name}`).then(() => {}))
      await sleep(afterMs)
      await history.pause()
      const keys = await history.log()
      await using copy = openDatabase({ connectionString: databaseUrl(clusterUrl, 'copied'), max: 1 })
      for (let done = 0; done < writes; done += 4) await write(copy.db)
      await copy.close()
      await offline(async () => {
        await execute(clusterUrl, `drop database ${name}`)
        await execute(clusterUrl, `alter database copied rename to ${name}`)
      })
      const kept = new Set(await history.log())
      for (const key of keys) if (!kept.has(key)) lost.add(key)
    },
    async [Symbol.asyncDispose]() {
      stopping = true
      await running
      await database.close()
    },
  }

  async function run(): Promise<void> {
    while (!stopping) {
      if (!paused) {
        writing = write().catch(() => {})
        await writing
      }
      await sleep(5)
    }
  }
  const running = run()
  return history
}
