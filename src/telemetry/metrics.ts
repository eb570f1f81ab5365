import { Counter, Registry } from '@prometheus-io/client'
import type { FeedMeter } from '../subscriptions/meter.ts'
import { countDeliveries, type DeliveryMeters } from './deliveries.ts'
import { Durations } from './durations.ts'

/** From half a millisecond, a statement or a kept answer, to the ten seconds that a query may take. */
const durations = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/**
 * What a server counts while it works; `gauges.ts` adds what is looked at when somebody asks. Each server has a registry
 * of its own. Label values come from fixed sets, never from clients.
 */
export interface Metrics {
  readonly registry: Registry
  /** Whether somebody can ask for them. If not, what comes often is not counted. */
  readonly isOn: boolean
  /** By type, transport, outcome and document. */
  readonly operations: Durations
  /** Documents that were not executed because of their syntax or of validation. */
  readonly invalidDocuments: Counter<'transport'>
  /** By route and status. */
  readonly responses: Durations
  readonly streams: Counter<'route' | 'status'>
  /** By statement. */
  readonly statements: Durations
  readonly failedStatements: Counter<'statement'>
  readonly refusedTokens: Counter<'reason'>
  readonly feed: FeedMeter
  readonly deliveries: DeliveryMeters
}

export function createMetrics(isOn: boolean): Metrics {
  const registry = new Registry()
  const registers = [registry]
  const commitToSocket = new Durations({
    name: 'daily_papers_feed_commit_to_socket_seconds',
    help: 'From the commit of an event to the last write of it to the sockets of a group of subscribers that share it. Once for each event, group and transport, whatever the number of subscribers; subscribers that are catching up are not counted.',
    labelNames: ['transport'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
    registry,
  })
  const deliveries = new Counter({
    name: 'daily_papers_feed_deliveries_total',
    help: 'Events written to subscribers.',
    labelNames: ['transport'],
    registers,
  })
  const refusals = new Counter({
    name: 'daily_papers_feed_refused_total',
    help: 'Subscriptions that were not opened, by the code of the error.',
    labelNames: ['code'],
    registers,
  })
  const ends = new Counter({
    name: 'daily_papers_feed_ended_total',
    help: 'Subscriptions that the server ended: failed, restart, or stalled (the client took nothing for FEED_STALL_MS).',
    labelNames: ['reason'],
    registers,
  })
  for (const reason of ['failed', 'restart', 'stalled']) ends.inc({ reason }, 0)
  return {
    ...{ registry, isOn },
    deliveries: countDeliveries(registry),
    operations: new Durations({
      name: 'daily_papers_operation_duration_seconds',
      help: 'GraphQL operations that were executed; of a subscription, its opening. outcome: ok, refused (the fault of the client) or failed. document: the id of a trusted document.',
      labelNames: ['type', 'transport', 'outcome', 'document'],
      buckets: durations,
      registry,
    }),
    invalidDocuments: new Counter({
      name: 'daily_papers_invalid_documents_total',
      help: 'GraphQL documents that were not executed because of their syntax, validation or a limit.',
      labelNames: ['transport'],
      registers,
    }),
    responses: new Durations({
      name: 'daily_papers_http_request_duration_seconds',
      help: 'HTTP requests, from their headers to the end of the response; streams are not among them. status: 2xx, 3xx, 4xx, 5xx, or cut where the client left first.',
      labelNames: ['route', 'status'],
      buckets: durations,
      registry,
    }),
    streams: new Counter({
      name: 'daily_papers_http_streams_ended_total',
      help: 'Responses of Server-Sent Events that have ended.',
      labelNames: ['route', 'status'],
      registers,
    }),
    statements: new Durations({
      name: 'daily_papers_statement_duration_seconds',
      help: 'Statements of the database, with the time on their way. statement: what it does and the first table that it names.',
      labelNames: ['statement'],
      buckets: durations,
      registry,
    }),
    failedStatements: new Counter({
      name: 'daily_papers_statements_failed_total',
      help: 'Statements of the database that ended with an error.',
      labelNames: ['statement'],
      registers,
    }),
    refusedTokens: new Counter({
      name: 'daily_papers_tokens_refused_total',
      help: 'Requests with a token that gives no rights: expired, revoked, unknown, or unchecked while the database is away.',
      labelNames: ['reason'],
      registers,
    }),
    feed: {
      sent(transport, events, subscribers, lagsMs) {
        if (!isOn) return
        deliveries.inc({ transport }, events * subscribers)
        for (const lagMs of lagsMs) commitToSocket.observe([transport], Math.max(0, lagMs) / 1000)
      },
      refused: (code) => refusals.inc({ code }),
      ended: (reason) => ends.inc({ reason }),
    },
  }
}
