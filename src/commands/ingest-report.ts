import type { Notice, Rejection, SourceName } from '../../db/model/record.ts'
import type { IngestProgress, IngestSummary } from '../ingest/run.ts'
import { printableJson, printableLine } from '../terminal.ts'
import { countsOf } from './progress.ts'

/** What an ingest came to, over all its sources. */
export interface Report {
  readonly dryRun: boolean
  readonly sources: SourceName[]
  readonly total: IngestProgress
  readonly rejections: Rejection[]
  readonly notices: Notice[]
  /** Files that could not be read. */
  readonly faults: { path: string; reason: string }[]
  /** Why it did not come to its end. */
  error?: string
  /** Whether a signal ended it. */
  stopped: boolean
  readonly startedAt: number
  begin(source: SourceName): void
  /** The total with the source that is being read. */
  with(now: IngestProgress): IngestProgress
  finish(summary: IngestSummary): void
}

const keptRejections = 100

export function ingestReport({ dryRun }: { dryRun: boolean }): Report {
  const finished: IngestProgress = { records: 0, new: 0, changed: 0, unchanged: 0, rejected: 0, events: 0 }
  const total = { ...finished }
  const report: Report = {
    dryRun,
    sources: [],
    total,
    rejections: [],
    notices: [],
    faults: [],
    stopped: false,
    startedAt: performance.now(),
    begin(source) {
      if (!report.sources.includes(source)) report.sources.push(source)
      Object.assign(finished, total)
    },
    with(now) {
      for (const key of Object.keys(finished) as (keyof IngestProgress)[])
        total[key] = finished[key] + now[key]
      return total
    },
    finish({ rejections, notices, stopped, ...counts }) {
      report.with(counts)
      report.rejections.push(...rejections.slice(0, keptRejections - report.rejections.length))
      report.notices.push(...notices.slice(0, keptRejections - report.notices.length))
      report.stopped = stopped
    },
  }
  return report
}

const shownRejections = 20

/** To people: a summary on standard output, what was rejected and noted on standard error. To machines: one JSON object. */
export function tellReport(report: Report, { json = false }: { json?: boolean }): void {
  const { total, rejections, notices, faults, error, stopped, dryRun, sources } = report
  const seconds = Math.round(performance.now() - report.startedAt) / 1000
  for (const { position, path, reason } of rejections.slice(0, shownRejections)) {
    console.error(printableLine(`Rejected ${position}${path ? `, ${path}` : ''}: ${reason}`))
  }
  const more = total.rejected - Math.min(rejections.length, shownRejections)
  if (more > 0) console.error(`…and ${more.toLocaleString('en')} more.`)
  for (const { position, message } of notices.slice(0, shownRejections))
    console.error(printableLine(`${position}: ${message}`))
  if (json) {
    const outcome = { sources, ...total, rejections, notices, faults, dryRun, stopped, seconds }
    console.log(printableJson({ ...outcome, ...(error !== undefined && { error }) }))
  } else {
    const kept = dryRun
      ? ' Nothing was stored: this was a dry run.'
      : stopped
        ? ' Stopped before the end.'
        : ''
    const events = `${total.events.toLocaleString('en')} feed event${total.events === 1 ? '' : 's'}`
    console.log(
      `${total.records.toLocaleString('en')} record${total.records === 1 ? '' : 's'} read in ${seconds} s: ${countsOf(total)}; ${events}.${kept}`,
    )
  }
  if (error !== undefined) console.error(printableLine(error))
}
