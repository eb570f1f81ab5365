/** Work that runs once at a time, however often it is asked for. */
export interface OneAtATime {
  /** Resolves after a run that began after this call; whoever asks during a run shares the next one. */
  (): Promise<void>
  /** Resolves when nothing runs. */
  idle(): Promise<void>
}

export function oneAtATime(work: () => Promise<void>): OneAtATime {
  let running: Promise<void> | undefined
  let next: Promise<void> | undefined

  function run(): Promise<void> {
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
