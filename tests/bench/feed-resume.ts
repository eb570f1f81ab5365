import { mkdtemp, rm } from 'node:fs/promises'
import { get } from 'node:http'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { migrateToLatest } from '../../db/connection/migrate.ts'
import { type Db, openDatabase } from '../../db/database.ts'
import { startEmbedded } from '../../db/embedded/index.ts'
import { openClient } from './feed-clients.ts'
import { type BenchServer, startOurs } from './feed-servers.ts'
import { generatePapers } from './generate.ts'

/**
 * One client that resumes from START over generated events on each transport: events a second, CPU time of the server
 * and of the client, which only counts, and memory of the server, whose growth is bounded however long the log is.
 * `node tests/bench/feed-resume.ts [--papers N | --url postgresql://…] [--events N] [--seconds S] [--only PATTERN]
 * [--profile FOLDER]`. There are two events for each paper, and more about the same papers if `--events` says so. With
 * `--url`, a database that has been filled the same way is measured.
 */
const paperFields = `paper { id arxivId title abstract publishedAt authorCount authors(first: 100) { nodes { name } }
  upvotes commentCount categories aiSummary aiKeywords organization { name }
  githubRepo projectPage thumbnailUrl pageUrl arxivUrl firstListedOn lastListedOn withdrawnAt }`
const documents = {
  cursor: 'subscription { paperIngested(after: START) { cursor } }',
  card: 'subscription { paperIngested(after: START) { cursor previousCursor paper { id title upvotes } } }',
  full: `subscription { feed(after: START, heartbeat: 3600) { cursor previousCursor
    ... on PaperEvent { recordedAt source ${paperFields} } } }`,
}

/** What the caches of the feed, the buffers of one client and unused memory of the runtime take together, in KiB. */
const maxGrowthKibi = 400 * 1024

interface Side {
  readonly name: string
  readonly events: number
  run(port: number, onMessage: () => void): Promise<() => void>
}

function text(name: string): string | undefined {
  const at = process.argv.indexOf(`--${name}`)
  return at === -1 ? undefined : process.argv[at + 1]
}

async function main(): Promise<void> {
  const seconds = Number(text('seconds') ?? 20)
  await using stack = new AsyncDisposableStack()
  const url = text('url') ?? (await startCluster(stack))
  const database = stack.use(openDatabase({ connectionString: url, max: 2, statementTimeoutMs: 0 }))
  await migrateToLatest(database.db)
  if (!text('url')) await generatePapers(database.db, Number(text('papers') ?? 50_000))
  await lengthen(database.db, Number(text('events') ?? 0))
  const { all, ingested } = await database.db
    .selectFrom('feed_event')
    .select(sql<number>`count(*)::integer`.as('all'))
    .select(sql<number>`count(*) filter (where kind = 'ingested')::integer`.as('ingested'))
    .executeTakeFirstOrThrow()
  const sides: Side[] = Object.entries(documents).flatMap(([name, document]) => {
    const events = name === 'full' ? all : ingested
    return [
      { name: `WebSocket, ${name}`, events, run: socket(document) },
      {
        name: `SSE, ${name}`,
        events,
        run: stream(`/graphql?query=${encodeURIComponent(document)}`, 'event: next'),
      },
    ]
  })
  sides.push({
    name: '/feed',
    events: all,
    run: stream('/feed?after=START&heartbeat=3600', '\ndata: {"type":"Paper'),
  })
  const only = text('only')
  console.log(`${all} events, ${ingested} of them first ones; load ${loadavg()[0]?.toFixed(1)}`)
  for (const side of sides) if (!only || new RegExp(only).test(side.name)) await measure(url, side, seconds)
}

/** Repeats the events of the log until there are so many. */
async function lengthen(db: Db, amount: number): Promise<void> {
  const { head } = await db.selectFrom('feed').select('head').executeTakeFirstOrThrow()
  if (amount <= head) return
  await sql`insert into feed_event (number, kind, paper_id, edition_date, source, recorded_at, data, mark)
    select ${head}::bigint + n, kind, paper_id, edition_date, source, recorded_at, data, (random() * 2 ^ 47)::bigint
    from generate_series(1, ${amount - head}::integer) n join feed_event on number = 1 + (n - 1) % ${head}::bigint`.execute(
    db,
  )
  await sql`update feed set head = ${amount}`.execute(db)
  await sql`vacuum analyze feed_event`.execute(db)
}

async function startCluster(stack: AsyncDisposableStack): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'daily-papers-resume-'))
  stack.defer(() => rm(folder, { recursive: true, force: true }))
  const settings = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }
  const dataDir = join(folder, 'pg')
  return stack.use(
    await startEmbedded({ superuser: true, dataDir, sync: false, path: process.env.PATH, settings }),
  ).url
}

async function measure(url: string, { name, events, run }: Side, seconds: number): Promise<void> {
  const profile = text('profile')
  const env: Record<string, string> = profile
    ? {
        NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${profile} --cpu-prof-name=${name.replace(/\W+/g, '-')}.cpuprofile`,
      }
    : {}
  await using server = await startOurs(url, undefined, env)
  const before = server.memory()
  const cpuBefore = server.cpu()
  const clientBefore = process.cpuUsage()
  let received = 0
  const all = Promise.withResolvers<void>()
  const started = performance.now()
  const stop = await run(server.port, () => {
    received += 1
    if (received >= events) all.resolve()
  })
  let peak = before
  const watch = setInterval(() => {
    peak = Math.max(peak, server.memory())
  }, 200)
  const limit = setTimeout(() => all.resolve(), seconds * 1000)
  await all.promise
  clearTimeout(limit)
  clearInterval(watch)
  const took = (performance.now() - started) / 1000
  stop()
  const { user, system } = process.cpuUsage(clientBefore)
  const each = (milliseconds: number) => `${((milliseconds * 1000) / received).toFixed(1)} µs`
  console.log(
    `${name.padEnd(20)} ${String(received).padStart(8)} of ${events} events in ${took.toFixed(1)} s: ${Math.round(received / took)} a second; CPU of an event ${each(server.cpu() - cpuBefore)}, at the client ${each((user + system) / 1000)}; memory ${mebi(before)} MiB before, ${mebi(peak)} at most`,
  )
  if (peak - before > maxGrowthKibi) {
    console.error(`The memory of the server grew by more than ${mebi(maxGrowthKibi)} MiB.`)
    process.exitCode = 1
  }
  if (profile) await ended(server)
}

async function ended(server: BenchServer): Promise<void> {
  server.kill('SIGTERM')
  await server.ended
}

const mebi = (kibi: number) => Math.round(kibi / 1024)

function socket(query: string): Side['run'] {
  return async (port, onMessage) => {
    let live = false
    const client = await openClient({
      port,
      path: '/graphql',
      protocol: 'graphql-transport-ws',
      onMessage: () => {
        if (live) return onMessage()
        live = true
        client.send({ type: 'subscribe', id: '1', payload: { query } })
      },
    })
    client.send({ type: 'connection_init' })
    return () => client.socket.destroy()
  }
}

/** Counts a mark in the text of a response. */
function stream(path: string, mark: string): Side['run'] {
  return async (port, onMessage) => {
    const request = get({ port, path, host: '127.0.0.1', headers: { accept: 'text/event-stream' } })
    request.on('error', () => {})
    request.on('response', (response) => {
      let rest = Buffer.alloc(0)
      response.on('error', () => {})
      response.on('data', (chunk: Buffer) => {
        const data = Buffer.concat([rest, chunk])
        let at = data.indexOf(mark)
        let end = 0
        for (; at !== -1; at = data.indexOf(mark, end)) {
          end = at + mark.length
          onMessage()
        }
        rest = data.subarray(Math.max(end, data.length - mark.length + 1))
      })
    })
    return () => request.destroy()
  }
}

await main()
