import { analyzeTables } from '../../db/connection/analyze.ts'
import type { Db } from '../../db/database.ts'
import { noteFailure } from '../../db/sources.ts'
import type { Config } from '../config.ts'
import { isTransient, reasonFor, StartError } from '../faults.ts'
import { SourceError } from '../ingest/errors.ts'
import type { FileFault, SourceReadings } from '../ingest/files.ts'
import type { Patience } from '../ingest/patience.ts'
import { type IngestProgress, ingest } from '../ingest/run.ts'
import { openStore } from '../store.ts'
import { printableLine } from '../terminal.ts'
import type { CommandContext } from './context.ts'
import { ingestReport, type Report, tellReport } from './ingest-report.ts'
import { createProgress, type Progress } from './progress.ts'

export interface RunOptions {
  json?: boolean
  dryRun?: boolean
  quiet?: boolean
}

/** What a source needs to give its readings. */
export interface Tools {
  db: Db
  config: Config
  signal: AbortSignal
  progress: Progress
  /** A file that could not be read; the others go on. */
  onFault: (fault: FileFault) => Promise<void>
}

/** Papers after which Postgres should not wait for the next time that it looks around by itself. */
const largeLoad = 500

export interface Task {
  /** Of how much it consists, in the unit that its readings `advance` the progress by. */
  total?: number | undefined
  /** Each stream is read to its end before the next is asked for. */
  readings: (tools: Tools) => AsyncIterable<SourceReadings>
}

/**
 * Ingests, with a progress bar on standard error and a summary on standard output, and sets the exit code: 0 when
 * all went well, 2 when records were rejected, 1 when something could not be read, 130 or 143 when a signal ended
 * it at a batch edge.
 */
export async function runIngest(
  { config, log }: CommandContext,
  options: RunOptions,
  task: (db: Db) => Promise<Task> | Task,
): Promise<void> {
  const stop = stopOnSignal()
  const store = await openStore(config, log, { share: true })
  try {
    const prepared = await Promise.resolve(task(store.db)).catch((error) =>
      Promise.reject(startErrorOf(error)),
    )
    const work = { config, db: store.db, signal: stop.signal, task: prepared }
    const report = await ingestAll(work, options)
    const { new: added, changed } = report.total
    if (added + changed >= largeLoad && !report.dryRun)
      await analyzeTables(store.db).catch((error) => log.debug('ANALYZE failed.', { reason: String(error) }))
    tellReport(report, options)
    process.exitCode = exitCode(report, stop.received)
  } finally {
    await store.close()
    stop.forget()
  }
}

async function ingestAll(
  { db, config, signal, task }: Pick<Tools, 'db' | 'config' | 'signal'> & { task: Task },
  options: RunOptions,
): Promise<Report> {
  const { quiet = false, dryRun = false } = options
  const report = ingestReport({ dryRun })
  const progress = createProgress({
    total: task.total,
    tty: process.stderr.isTTY ?? false,
    width: process.stderr.columns ?? 80,
    write: (text) => quiet || process.stderr.write(text),
  })
  const onFault = async ({ path, source, message, reason }: FileFault) => {
    report.faults.push({ path, reason: message })
    progress.end()
    console.error(printableLine(message))
    // A file that cannot be read is said above; a database that is away will be said by the next write.
    if (source && !dryRun) await noteFailure(db, source, reason).catch(() => {})
  }
  const onProgress = (now: IngestProgress) => progress.update(report.with(now))
  try {
    const patience: Patience = {
      retryMs: config.ingestRetryMs,
      onRetry(error) {
        progress.line(`${troubleOf(error)} Retrying for up to ${config.ingestRetryMs / 1000} s.`)
      },
    }
    for await (const { source, readings } of task.readings({ db, config, signal, progress, onFault })) {
      report.begin(source)
      const summary = await ingest(db, source, readings, { dryRun, signal, onProgress, patience })
      report.finish(summary)
      if (summary.stopped) break
    }
  } catch (error) {
    if (signal.aborted && error === signal.reason) report.stopped = true
    else report.error = sentenceOf(error)
  } finally {
    progress.end()
  }
  return report
}

/** What is thrown on is nobody's fault but ours. */
function sentenceOf(error: unknown): string {
  if (error instanceof SourceError) return error.message
  throw startErrorOf(error)
}

/** What to do, where the database alone is at fault. */
function startErrorOf(error: unknown): unknown {
  if (!isTransient(error)) return error
  return new StartError(
    `${troubleOf(error)} What was stored is kept: run the same command again, nothing is stored twice.`,
    { cause: error },
  )
}

function troubleOf(error: unknown): string {
  return `The database cannot be used at the moment: ${reasonFor(error)}`
}

function exitCode(report: Report, signal: NodeJS.Signals | undefined): number {
  if (report.stopped) return signal === 'SIGTERM' ? 143 : 130
  if (report.error !== undefined || report.faults.length > 0) return 1
  return report.total.rejected > 0 ? 2 : 0
}

/** The first signal asks to stop, a second one means that nobody wants to wait. */
function stopOnSignal() {
  const controller = new AbortController()
  let received: NodeJS.Signals | undefined
  const onSignal = (signal: NodeJS.Signals) => {
    if (received) process.exit(130)
    received = signal
    console.error('\nStopping after the current batch; press Ctrl-C again to quit at once.')
    controller.abort()
  }
  const signals = ['SIGINT', 'SIGTERM'] as const
  for (const signal of signals) process.on(signal, onSignal)
  return {
    signal: controller.signal,
    get received() {
      return received
    },
    forget() {
      for (const signal of signals) process.off(signal, onSignal)
    },
  }
}
