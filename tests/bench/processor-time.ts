import { existsSync, readFileSync } from 'node:fs'
import { childrenOf } from '../support/processes.ts'

/** Time that a process of this machine has run so far, ms; not a number where there is no such process. */
export function processorMs(pid: number | undefined): number {
  const file = `/proc/${pid}/schedstat`
  if (!existsSync(file)) return Number.NaN
  return Number(readFileSync(file, 'utf8').split(' ')[0]) / 1e6
}

/** Measures all processes that Postgres has: call the result for the ms that they have run since. */
export function postgresTimer(postmaster: number): () => number {
  const times = () =>
    new Map(
      childrenOf(postmaster)
        .map((pid) => [pid, processorMs(pid)] as const)
        // Some end while we look.
        .filter(([, ms]) => !Number.isNaN(ms)),
    )
  const before = times()
  return () =>
    times()
      .entries()
      .reduce((sum, [pid, ms]) => sum + ms - (before.get(pid) ?? 0), 0)
}
