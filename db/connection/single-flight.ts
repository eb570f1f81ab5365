/** Work that runs once at a time, however often it is asked for. */
export interface SingleFlight<Value> {
  /** The outcome of a run that began after this call; whoever asks during a run shares the next one. */
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
