import { mkdtemp, rm } from 'node:fs/promises'
import { get } from 'node:http'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { migrateToLatest } from '../../db/connection/migrate.ts'
import { openDatabase } from '../../db/database.ts'
import { startEmbedded } from '../../db/embedded/index.ts'
import { openClient } from './feed-clients.ts'
import { type BenchServer, startOurs } from './feed-servers.ts'
import { generatePapers } from './generate.ts'

/**
 * One client that resumes from START over generated events, two for each paper, on each transport: events a second
 * and memory of the server. `node tests/bench/feed-resume.ts [--papers N | --url postgresql://…] [--seconds S]
 * [--only PATTERN] [--profile FOLDER]`. With `--url`, a database that has been filled the same way is measured.
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
  const { papers } = await database.db
    .selectFrom('paper')
    .select(sql<number>`count(*)::integer`.as('papers'))
    .executeTakeFirstOrThrow()
  const sides: Side[] = Object.entries(documents).flatMap(([name, document]) => {
    const events = name === 'full' ? 2 * papers : papers
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
    events: 2 * papers,
    run: stream('/feed?after=START&heartbeat=3600', '\ndata: {"type":"Paper'),
  })
  const only = text('only')
  console.log(`${papers} papers, load ${loadavg()[0]?.toFixed(1)}`)
  for (const side of sides) if (!only || new RegExp(only).test(side.name)) await measure(url, side, seconds)
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
  console.log(
    `${name.padEnd(20)} ${String(received).padStart(7)} of ${events} events in ${took.toFixed(1)} s: ${Math.round(received / took)} a second; CPU of the server ${((server.cpu() - cpuBefore) / 1000).toFixed(1)} s; memory ${mebi(before)} MiB before, ${mebi(peak)} at most`,
  )
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
