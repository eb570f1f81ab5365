import { type Aggregator, collectDefaultMetrics, Gauge, type Registry } from '@prometheus-io/client'
import type { PoolCounts } from '../../db/connection/pool.ts'
import type { Db } from '../../db/database.ts'
import type { Feed } from '../../db/feed/feed.ts'
import packageJson from '../../package.json' with { type: 'json' }
import type { ResponseCache } from '../cache/response-cache.ts'
import type { Hub } from '../subscriptions/hub.ts'
import type { WebSockets } from '../subscriptions/transports/ws.ts'
import { registerCaches } from './caches.ts'
import { registerBacklogs } from './deliveries.ts'

export interface GaugeOptions {
  readonly feed: Feed
  readonly hub: Hub
  readonly sockets: WebSockets
  readonly responses: Pick<ResponseCache, 'held' | 'counts'>
  readonly pools: Readonly<Record<string, () => PoolCounts>>
  /** With connections of its own and a short time limit for statements. */
  readonly headDb: Db
}

/**
 * What is looked at when somebody asks for the metrics. But for what waits to be sent, it reads nothing of the database. Of
 * several workers, each gauge is summed up, but for those that tell how late or how far one is, or are the same in all.
 */
export function registerGauges(
  registry: Registry,
  { feed, hub, sockets, responses, pools, headDb }: GaugeOptions,
): void {
  const gauge = <Label extends string = never>(
    name: string,
    help: string,
    collect: (gauge: Gauge<Label>) => void,
    labelNames: Label[] = [],
    aggregator: Aggregator = 'sum',
  ) =>
    new Gauge<Label>({
      name: `daily_papers_${name}`,
      ...{ help, labelNames, aggregator, registers: [registry] },
      collect() {
        this.reset()
        collect(this)
      },
    })
  const feedGauge = (name: string, help: string, value: () => number, aggregator?: Aggregator) =>
    gauge(`feed_${name}`, help, (each) => each.set(value()), [], aggregator)

  gauge(
    'build_info',
    'Always 1; the version of the program and of Node.',
    (each) => each.set({ version: packageJson.version, node: process.versions.node }, 1),
    ['version', 'node'],
    'first',
  )
  feedGauge('head', 'Number of the newest event that this server knows of.', () => feed.head.number, 'max')
  feedGauge(
    'read_age_seconds',
    'Since the last reading of the feed that worked.',
    () => feed.readAgeMs / 1000,
    'max',
  )
  feedGauge(
    'listening',
    '1 while the server receives notifications, 0 while it polls.',
    () => Number(feed.listening),
    'min',
  )
  feedGauge(
    'histories',
    'Histories of the feed since the start, beside the first: restores and failovers.',
    () => feed.history,
    'max',
  )
  feedGauge('topics', 'Distinct subscriptions.', () => hub.held.topics)
  feedGauge('stalled', 'Subscriptions whose clients take nothing for now.', () => hub.held.stalled)
  feedGauge('executions', 'Results executed for subscribers since the start.', () => hub.held.executions)
  feedGauge('websockets', 'Open WebSockets.', () => sockets.size)
  feedGauge(
    'websocket_buffered_bytes',
    'Bytes that wait in this process for WebSockets.',
    () => sockets.bufferedBytes,
  )
  gauge(
    'feed_subscribers',
    'Open subscriptions.',
    (each) => {
      for (const [transport, { count }] of hub.readers) each.set({ transport }, count)
    },
    ['transport'],
  )
  gauge(
    'feed_lag_events',
    'Events between the subscriber that is furthest behind and the head.',
    (each) => {
      for (const [transport, { lag }] of hub.readers) each.set({ transport }, lag)
    },
    ['transport'],
    'max',
  )
  gauge(
    'pool_connections',
    'Connections to the database: in use, idle, and operations that wait for one.',
    (each) => {
      for (const [pool, counts] of Object.entries(pools)) {
        const { total, idle, waiting } = counts()
        each.set({ pool, state: 'in_use' }, total - idle)
        each.set({ pool, state: 'idle' }, idle)
        each.set({ pool, state: 'waiting' }, waiting)
      }
    },
    ['pool', 'state'],
  )
  registerCaches(registry, { feed, hub, responses })
  registerSources(gauge, feed)
  registerBacklogs(registry, headDb)
  collectDefaultMetrics({ register: registry })
}

type MakeGauge = <Label extends string>(
  name: string,
  help: string,
  collect: (gauge: Gauge<Label>) => void,
  labelNames: Label[],
  aggregator: Aggregator,
) => unknown

/** As the server read them last, at most some seconds ago: totals of all servers and commands on this database. */
function registerSources(gauge: MakeGauge, feed: Feed): void {
  const age = (instant: Date | null) => (instant ? (Date.now() - instant.getTime()) / 1000 : undefined)
  gauge(
    'source_success_age_seconds',
    'Since a source was last read without an error; absent before the first time.',
    (each) => {
      for (const { name: source, last_success_at } of feed.sources.rows) {
        const seconds = age(last_success_at)
        if (seconds !== undefined) each.set({ source }, seconds)
      }
    },
    ['source'],
    'max',
  )
  gauge(
    'source_late',
    '1 if a source is polled and was not read without an error for three intervals.',
    (each) => {
      for (const { name: source, late } of feed.sources.rows) each.set({ source }, Number(late))
    },
    ['source'],
    'max',
  )
  gauge(
    'newest_edition_papers',
    'Papers of the newest edition: seen, which are stored, and expected, which a source listed.',
    (each) => {
      const { edition } = feed.sources
      if (edition) each.set({ state: 'seen' }, edition.seen)
      if (edition && edition.expected !== null) each.set({ state: 'expected' }, edition.expected)
    },
    ['state'],
    'max',
  )
  gauge(
    'source_failing',
    '1 if the newest reading of a source failed.',
    (each) => {
      for (const { name: source, last_error_at, last_success_at } of feed.sources.rows)
        each.set({ source }, Number((last_error_at?.getTime() ?? 0) > (last_success_at?.getTime() ?? 0)))
    },
    ['source'],
    'max',
  )
  gauge(
    'source_records',
    'Records of a source since the beginning: read, rejected, and those that made a new paper or changed one.',
    (each) => {
      for (const row of feed.sources.rows) {
        const { name: source } = row
        each.set({ source, outcome: 'read' }, Number(row.records_read))
        each.set({ source, outcome: 'rejected' }, Number(row.records_rejected))
        each.set({ source, outcome: 'new' }, Number(row.papers_new))
        each.set({ source, outcome: 'changed' }, Number(row.papers_changed))
      }
    },
    ['source', 'outcome'],
    'max',
  )
}
