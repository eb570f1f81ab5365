/** Work of which one run is in progress at a time, however many callers there are. */
export interface SingleFlight<Value> {
  /** The outcome of a run that begins after this call; all calls during a run share the next one. */
  (): Promise<Value>
  /** Resolves when nothing runs. */
  idle(): Promise<void>
}

export function singleFlight<Value>(work: () => Promise<Value>): SingleFlight<Value> {
  let running: Promise<Value> | undefined
  let next: Promise<Value> | undefined

  function run(): Promise<Value> {
    if (!running) {
      running = work().finally(() => {
        running = undefined
      })
      return running
    }
    next ??= running
      .catch(() => {})
      .then(() => {
        next = undefined
        return run()
      })
    return next
  }

  async function idle(): Promise<void> {
    while (running) await running.catch(() => {})
  }

  return Object.assign(run, { idle })
}
