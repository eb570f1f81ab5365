import { performance } from 'node:perf_hooks'
import type { StatementObserver } from '../../db/prepared.ts'
import type { WriteReport } from '../../schema/core/context.ts'
import type { ViewerOf } from '../auth.ts'
import type { Config } from '../config.ts'
import type { OperationObserver } from '../graphql/observe-operations.ts'
import type { Route } from '../http/route.ts'
import type { RequestObserver } from '../http/server.ts'
import type { Logger } from '../log.ts'
import { isWorker } from '../workers.ts'
import { metricsRoute, serveMetrics } from './endpoint.ts'
import { type GaugeOptions, registerGauges } from './gauges.ts'
import { createMetrics, type Metrics } from './metrics.ts'
import { observedTokens, operationObserver, requestObserver, statementObserver } from './observers.ts'
import { metricsOfWorkers } from './worker-metrics.ts'

/** What an operator sees of a server: its metrics, its slow operations and statements, its requests. */
export interface Telemetry {
  readonly metrics: Metrics
  readonly onStatement: StatementObserver
  readonly onRequest: RequestObserver | undefined
  /** The same, with tokens that give no rights counted and logged. */
  readonly tokens: (viewerOf: ViewerOf) => ViewerOf
  /** Writes a line for each write of a client. */
  readonly onWrite: (report: WriteReport) => void
  /** `idOf` is the id of a trusted document. */
  readonly operations: (idOf: (text: string) => string | undefined) => OperationObserver
  /** For the HTTP server: `/metrics`, if it is to be there. */
  readonly routes: ReadonlyMap<string, Route>
  /** Makes the metrics whole, and serves them on a port of their own if the settings say so. Resolves with its end. */
  start(options: GaugeOptions): Promise<() => Promise<void>>
  /** From now on, what takes long is logged. */
  started(): void
}

export function createTelemetry(
  { http, telemetry }: Pick<Config, 'http' | 'telemetry'>,
  log: Logger,
): Telemetry {
  const { metricsPort, metricsToken, requestLog, slowMs } = telemetry
  const isOn = metricsPort !== undefined || metricsToken !== undefined
  const metrics = createMetrics(isOn)
  const slow = { leastMs: slowMs, sinceMs: Number.POSITIVE_INFINITY }
  const options = { metrics, log, slow }
  const { registry } = metrics
  const route = metricsRoute(isWorker ? metricsOfWorkers(registry) : () => registry.metrics(), metricsToken)
  const isBesideApi = metricsPort === undefined && metricsToken !== undefined
  return {
    metrics,
    onStatement: statementObserver(options),
    onRequest: isOn || requestLog ? requestObserver(options, requestLog) : undefined,
    tokens: (viewerOf) => observedTokens(options, viewerOf),
    onWrite: (report) => log.info('A client wrote papers.', { ...report }),
    operations: (idOf) => operationObserver(options, idOf),
    routes: new Map(isBesideApi ? [['/metrics', route]] : []),
    async start(sources) {
      if (!isOn) return async () => {}
      registerGauges(registry, sources)
      if (metricsPort === undefined) return async () => {}
      const { url, close } = await serveMetrics(route, { host: http.host, port: metricsPort })
      log.info(`Metrics are at ${url}/metrics.`)
      return close
    },
    started() {
      slow.sinceMs = performance.now()
    },
  }
}
