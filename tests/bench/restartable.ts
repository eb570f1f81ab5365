import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type EmbeddedDatabase, startEmbedded } from '../../db/embedded/index.ts'

/** A Postgres that can be killed. What it has answered to be committed is there when it is back. */
export interface RestartablePostgres extends AsyncDisposable {
  readonly url: string
  /** kill -9, and a start at the same address after so long. */
  kill(awayMs: number): Promise<void>
}

export async function startRestartable(folder: string): Promise<RestartablePostgres> {
  const start = () =>
    startEmbedded({
      ...{ superuser: true, dataDir: join(folder, 'pg'), sync: false, path: process.env.PATH },
      settings: { fsync: 'off' },
    })
  let cluster: EmbeddedDatabase = await start()
  return {
    url: cluster.url,
    async kill(awayMs) {
      process.kill(cluster.pid, 'SIGKILL')
      await cluster.exited
      await cluster[Symbol.asyncDispose]()
      await sleep(awayMs)
      cluster = await start()
    },
    [Symbol.asyncDispose]: () => cluster[Symbol.asyncDispose](),
  }
}
