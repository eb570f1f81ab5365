import { TimeoutError } from './within.ts'

/** Work of which one run is in progress at a time, however many callers there are. */
export interface SingleFlight<Value> {
  /** The outcome of a run that begins after this call; all calls during a run share the next one. */
  (): Promise<Value>
  /** Resolves when nothing runs. */
  idle(): Promise<void>
}

/** What a run knows of itself. */
export interface Run {
  /** Aborts when the run has taken too long. Another one may be in progress then: the outcome of this one must not count. */
  readonly signal: AbortSignal
  /** Gives the run its time anew, because it has come on. */
  progressed(): void
}

/**
 * @param deadlineMs After this time without progress a run fails, whatever its work still does, and the next one may
 * begin: work that never ends must not hold up all callers for good.
 * @param gather Called where nothing runs; who calls until it resolves shares the run that begins then. By default the
 * run begins at once.
 */
export function singleFlight<Value>(
  work: (run: Run) => Promise<Value>,
  deadlineMs: number,
  gather?: () => Promise<unknown>,
): SingleFlight<Value> {
  let running: Promise<Value> | undefined
  let next: Promise<Value> | undefined

  async function runOnce(): Promise<Value> {
    const controller = new AbortController()
    const late = Promise.withResolvers<never>()
    const timer = setTimeout(() => {
      const error = new TimeoutError(`No progress in ${deadlineMs} ms.`)
      controller.abort(error)
      late.reject(error)
    }, deadlineMs)
    try {
      const run: Run = { signal: controller.signal, progressed: () => void timer.refresh() }
      return await Promise.race([work(run), late.promise])
    } finally {
      clearTimeout(timer)
    }
  }

  function begin(): Promise<Value> {
    next = undefined
    running = runOnce().finally(() => {
      running = undefined
    })
    return running
  }

  function run(): Promise<Value> {
    if (next) return next
    const before = running?.catch(() => {}) ?? gather?.()
    if (!before) return begin()
    next = before.then(begin)
    return next
  }

  async function idle(): Promise<void> {
    while (running) await running.catch(() => {})
  }

  return Object.assign(run, { idle })
}
