import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { migrateToLatest } from '../../db/connection/migrate.ts'
import { type DatabaseHandle, openDatabase } from '../../db/database.ts'
import { startEmbedded } from '../../db/embedded/index.ts'
import { plant } from '../support/papers.ts'
import { databaseUrl } from '../support/urls.ts'
import { type CountingClient, openClient } from './feed-clients.ts'
import { type BenchServer, startOurs } from './feed-servers.ts'

/** What the clients of the benchmarks subscribe to: a card of a paper. */
export const document = (after: string, filter = '') =>
  `subscription { paperIngested(after: "${after}"${filter && `, filter: ${filter}`}) { cursor previousCursor paper { id title abstract upvotes authors(first: 10) { nodes { name } } } } }`

/** Commits must not wait for the disk, or its speed is what is measured. */
const settings = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }

export interface BenchStore {
  readonly url: string
  readonly database: DatabaseHandle
  /** The one paper that is told of again and again. */
  readonly paper: number
}

/** Databases of these names, migrated, with one paper each, on a Postgres that ends with the stack. */
export async function prepareStores(
  stack: AsyncDisposableStack,
  names: readonly string[],
): Promise<BenchStore[]> {
  const folder = await mkdtemp(join(tmpdir(), 'daily-papers-bench-'))
  stack.defer(() => rm(folder, { recursive: true, force: true }))
  const dataDir = join(folder, 'pg')
  const cluster = stack.use(
    await startEmbedded({
      superuser: true,
      dataDir,
      database: 'postgres',
      sync: false,
      path: process.env.PATH,
      settings,
    }),
  )
  return Promise.all(names.map((name) => prepare(cluster.url, name, stack)))
}

/** One subscriber; `onMessage` is called for each event. Begins after `after`, so that none can be missed. */
export async function subscriber(
  port: number,
  onMessage: () => void,
  after: string,
  filter = '',
): Promise<CountingClient> {
  const ready = Promise.withResolvers<void>()
  let live = false
  let accepted = false
  const client = await openClient({
    port,
    path: '/graphql',
    protocol: 'graphql-transport-ws',
    onMessage: (_client, text) => {
      if (live) {
        // The first answer may be a refusal, for which one would wait in vain.
        if (!accepted && text().includes('"type":"error"')) throw new Error(text())
        accepted = true
        return onMessage()
      }
      if (!text().includes('connection_ack')) return ready.reject(new Error(text()))
      live = true
      client.send({ type: 'subscribe', id: '1', payload: { query: document(after, filter) } })
      ready.resolve()
    },
  })
  client.send({ type: 'connection_init' })
  await ready.promise
  return client
}

/** Where the feed stands, for subscribers that begin now. */
export async function positionOf({ port }: BenchServer): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${port}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: '{ feedPosition }' }),
  })
  return ((await response.json()) as { data: { feedPosition: string } }).data.feedPosition
}

async function prepare(clusterUrl: string, name: string, stack: AsyncDisposableStack): Promise<BenchStore> {
  const url = databaseUrl(clusterUrl, `bench_${name}`)
  const admin = openDatabase({ connectionString: clusterUrl, max: 1 })
  await sql.raw(`create database bench_${name}`).execute(admin.db)
  await admin.close()
  const database = stack.use(openDatabase({ connectionString: url, max: 4 }))
  await migrateToLatest(database.db)
  await plant(database.db, [
    {
      abstract: 'Sparsity is a way to make large models cheaper to train and to run. '.repeat(18),
      authors: Array.from({ length: 6 }, (_, index) => ({ name: `Author Number ${index}` })),
    },
  ])
  const { id: paper } = await database.db.selectFrom('paper').select('id').executeTakeFirstOrThrow()
  return { url, database, paper }
}

/** Of one result of the subscription, measured on a server of its own. */
export async function messageSize(url: string): Promise<number> {
  await using server = await startOurs(url)
  const { promise, resolve } = Promise.withResolvers<number>()
  const client = await openClient({
    port: server.port,
    path: '/graphql',
    protocol: 'graphql-transport-ws',
    onMessage: (_client, text) => {
      if (text().includes('connection_ack')) {
        client.send({ type: 'subscribe', id: '1', payload: { query: document('START') } })
      } else resolve(Buffer.byteLength(text()))
    },
  })
  client.send({ type: 'connection_init' })
  const size = await promise
  client.socket.destroy()
  return size
}

export function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN
}

export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}
