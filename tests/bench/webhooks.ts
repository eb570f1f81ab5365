import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import { migrateToLatest } from '../../db/connection/migrate.ts'
import { type DatabaseHandle, openDatabase } from '../../db/database.ts'
import { headCursor, readLogState } from '../../db/feed/log.ts'
import { newWebhookSecret } from '../../src/webhooks/signature.ts'
import { addPapers, append, ingested } from '../support/feed.ts'
import { plant } from '../support/papers.ts'
import { startDatabaseProxy } from '../support/proxy.ts'
import { aReading, aRecord } from '../support/records.ts'
import { type BenchServer, startOurs } from './feed-servers.ts'
import { random } from './random.ts'
import { type RestartablePostgres, startRestartable } from './restartable.ts'

/**
 * Deliveries under faults (killed servers, links that are cut or fall silent, a killed Postgres, endpoints that refuse or cut),
 * then one edition to many endpoints.
 * `npm run bench -- webhooks [--seconds S] [--endpoints N] [--papers P] [--seed SEED]`
 */
const option = (name: string, fallback: number) => {
  const at = process.argv.indexOf(`--${name}`)
  return at === -1 ? fallback : Number(process.argv[at + 1])
}
const env = { WEBHOOK_ALLOW_HTTP: 'on', WEBHOOK_ALLOW_PRIVATE: 'on', WEBHOOK_LEASE_SECONDS: '3' }

interface Endpoints extends AsyncDisposable {
  readonly url: string
  /** Ids that were answered with 200, by path, in order. */
  readonly accepted: Map<string, string[]>
  requests: number
  /** Decides what becomes of a request; the default is to accept it. */
  fault: () => 'none' | 'refuse' | 'cut'
}

async function startEndpoints(): Promise<Endpoints> {
  const endpoints: Endpoints = {
    ...{ url: '', accepted: new Map(), requests: 0, fault: () => 'none' as const },
    async [Symbol.asyncDispose]() {
      server.close()
      server.closeAllConnections()
    },
  }
  const server = createServer((request, response) => {
    request.on('error', () => {}).resume()
    request.on('end', () => {
      endpoints.requests += 1
      const fault = endpoints.fault()
      if (fault === 'cut') return request.socket.destroy()
      if (fault === 'refuse') return response.writeHead(500).end()
      const path = request.url ?? ''
      const ids = endpoints.accepted.get(path) ?? []
      endpoints.accepted.set(path, ids)
      ids.push(String(request.headers['webhook-id']))
      response.end()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return Object.assign(endpoints, { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })
}

/** Endpoints that begin at the head of the log, without their challenge. */
async function addEndpoints({ db }: DatabaseHandle, url: string, count: number): Promise<void> {
  const state = await readLogState(db)
  const cursor = headCursor(state)
  const rows = Array.from({ length: count }, (_, index) => ({
    ...{ name: `endpoint ${index}`, url: `${url}/${index}`, format: 'standard' as const, kinds: null },
    ...{ filter: '{}', secret: newWebhookSecret(), previous_secret: null, previous_until: null },
    ...{ cursor, position: state.head.number, delivered_cursor: cursor },
    ...{ disabled_at: null, disabled_why: null },
  }))
  await db.insertInto('webhook').values(rows).execute()
}

async function faults(seconds: number, seed: number): Promise<boolean> {
  await using stack = new AsyncDisposableStack()
  const next = random(seed)
  const { database, cluster, url } = await openStore(stack)
  const proxy = stack.use(await startDatabaseProxy(url))
  const endpoints = stack.use(await startEndpoints())
  await addEndpoints(database, endpoints.url, 20)
  const servers: (BenchServer | undefined)[] = [
    await startOurs(proxy.url, undefined, env),
    await startOurs(proxy.url, undefined, env),
  ]
  stack.defer(async () => {
    for (const server of servers) await server?.[Symbol.asyncDispose]()
  })
  const counts = { killed: 0, postgresKilled: 0, cut: 0, silenced: 0, refused: 0, requestCut: 0 }
  let calm = false
  endpoints.fault = () => {
    const dice = calm ? 1 : next()
    if (dice < 0.01) counts.requestCut += 1
    else if (dice < 0.03) counts.refused += 1
    return dice < 0.01 ? 'cut' : dice < 0.03 ? 'refuse' : 'none'
  }
  // What failed is due after minutes: not in this bench.
  const hurry = setInterval(() => {
    sql`update webhook set next_attempt_at = now() where failing_since is not null`
      .execute(database.db)
      .catch(() => {})
  }, 300)
  stack.defer(() => clearInterval(hurry))
  const until = Date.now() + seconds * 1000
  const writing = (async () => {
    while (Date.now() < until) {
      // A write whose answer was cut may have been committed: the log is counted in the end.
      await writePapers(database.db).catch(() => {})
      await sleep(next() * 200)
    }
  })()
  while (Date.now() < until) {
    await sleep(next() * 1500)
    const dice = next()
    if (dice < 0.35) {
      const which = next() < 0.5 ? 0 : 1
      const server = servers[which]
      if (!server) continue
      servers[which] = undefined
      counts.killed += 1
      await server[Symbol.asyncDispose]()
      void sleep(next() * 1000).then(async () => {
        servers[which] = await startOurs(proxy.url, undefined, env).catch(() => undefined)
      })
    } else if (dice < 0.42) {
      counts.postgresKilled += 1
      await cluster.kill(next() * 5_000)
    } else if (dice < 0.8) {
      counts.cut += 1
      proxy.cut()
    } else {
      counts.silenced += 1
      proxy.silence()
    }
  }
  await writing
  calm = true
  const { head } = await readLogState(database.db)
  const events = head.number
  for (const [which, server] of servers.entries())
    servers[which] = server ?? (await startOurs(proxy.url, undefined, env).catch(() => undefined))
  const deadline = Date.now() + 90_000
  const done = () => [...endpoints.accepted.values()].filter((ids) => new Set(ids).size === events).length
  while (done() < 20 && Date.now() < deadline) await sleep(200)
  let [lost, doubled, reordered] = [0, 0, 0]
  const order = [...(endpoints.accepted.get('/0') ?? [])].filter((id, at, all) => all.indexOf(id) === at)
  for (let index = 0; index < 20; index++) {
    const ids = endpoints.accepted.get(`/${index}`) ?? []
    const firsts = [...new Set(ids)]
    lost += events - firsts.length
    doubled += ids.length - firsts.length
    reordered += firsts.filter((id, at) => id !== order[at]).length
  }
  console.log(
    `faults, seed ${seed}, ${seconds} s: ${events} events to 20 endpoints, ${events * 20} deliveries in ${endpoints.requests} requests`,
  )
  console.log(
    `  ${Object.entries(counts)
      .map(([name, count]) => `${name} ${count}`)
      .join(', ')}`,
  )
  console.log(`  lost ${lost}, doubled ${doubled}, reordered ${reordered}`)
  return lost === 0 && reordered === 0
}

async function writePapers(db: DatabaseHandle['db']): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const ids = await addPapers(trx, ['A', 'B', 'C'])
    await append(
      trx,
      ids.map((id) => ingested(id)),
    )
  })
}

async function edition(count: number, papers: number): Promise<void> {
  await using stack = new AsyncDisposableStack()
  const { database, url } = await openStore(stack)
  const endpoints = stack.use(await startEndpoints())
  await addEndpoints(database, endpoints.url, count)
  const server = stack.use(await startOurs(url, undefined, env))
  const before = { cpu: server.cpu(), memory: server.memory() }
  const abstract = 'Sparsity is a way to make large models cheaper to train and to run. '.repeat(18)
  const records = Array.from({ length: papers }, (_, index) =>
    aRecord({ arxivId: `2606.${String(index + 1).padStart(5, '0')}`, title: `Paper ${index}`, abstract }),
  )
  const reading = aReading('2026-06-16', '2026-06-16T12:00:00.000Z', records)
  await plant(database.db, reading.records, { editions: reading.editions })
  const { head } = await readLogState(database.db)
  const deliveries = head.number * count
  const startedMs = performance.now()
  let memory = 0
  while (endpoints.requests < deliveries) {
    memory = Math.max(memory, server.memory())
    await sleep(100)
  }
  const seconds = (performance.now() - startedMs) / 1000
  const cpu = server.cpu() - before.cpu
  const { rows } = await sql<{ name: string; rows: number; size: string; updates: number; hot: number }>`
    select relname as name, n_live_tup as rows, pg_size_pretty(pg_total_relation_size(relid)) as size,
      n_tup_upd as updates, n_tup_hot_upd as hot
    from pg_stat_user_tables where relname like 'webhook%' order by 1`.execute(database.db)
  console.log(
    `an edition of ${papers} papers (${head.number} events) to ${count} endpoints: ${deliveries} deliveries`,
  )
  console.log(
    `  ${seconds.toFixed(1)} s, ${((cpu / deliveries) * 1000).toFixed(0)} µs CPU of the server a delivery (${(cpu / 1000).toFixed(1)} s)`,
  )
  console.log(
    `  memory ${(before.memory / 1024).toFixed(0)} MiB before, ${(memory / 1024).toFixed(0)} MiB at most`,
  )
  for (const row of rows)
    console.log(
      `  ${row.name}: ${row.rows} rows, ${row.size}, ${row.updates} updates, ${row.hot} of them in place`,
    )
}

async function openStore(
  stack: AsyncDisposableStack,
): Promise<{ database: DatabaseHandle; cluster: RestartablePostgres; url: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'daily-papers-webhooks-'))
  stack.defer(() => rm(folder, { recursive: true, force: true }))
  const cluster = stack.use(await startRestartable(folder))
  const database = stack.use(openDatabase({ connectionString: cluster.url, max: 4, onError: () => {} }))
  await migrateToLatest(database.db)
  return { database, cluster, url: cluster.url }
}

const isRight = await faults(option('seconds', 30), option('seed', 1))
await edition(option('endpoints', 1_000), option('papers', 50))
process.exitCode = isRight ? 0 : 1
