import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, statSync } from 'node:fs'

/** A process as the system lists it. */
export interface ListedProcess {
  readonly pid: number
  readonly parent: number
  readonly group: number
  readonly uid: number
  readonly zombie: boolean
  readonly command: string
}

/** All processes; zombies too, because not every machine has somebody who reaps orphans. */
export function processes(): ListedProcess[] {
  return process.platform === 'linux' ? fromProc() : fromPs()
}

function fromProc(): ListedProcess[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  return pids.flatMap((pid) => {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
      const [state, parent, group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
      const { uid } = statSync(`/proc/${pid}`)
      const zombie = state === 'Z'
      return { pid: Number(pid), parent: Number(parent), group: Number(group), uid, zombie, command }
    } catch {
      return [] // it ended while we looked
    }
  })
}

function fromPs(): ListedProcess[] {
  const columns = 'pid=,ppid=,pgid=,uid=,stat=,args='
  const { stdout } = spawnSync('ps', ['-A', '-ww', '-o', columns], { encoding: 'utf8' })
  return stdout.split('\n').flatMap((line) => {
    const [pid, parent, group, uid, state, ...words] = line.trim().split(/\s+/)
    const zombie = state?.startsWith('Z') ?? false
    const [id, ...numbers] = [pid, parent, group, uid].map(Number)
    if (!id) return []
    const [parentId = 0, groupId = 0, userId = 0] = numbers
    return { pid: id, parent: parentId, group: groupId, uid: userId, zombie, command: words.join(' ') }
  })
}

/** Whether a process runs; a zombie does not. */
export function runs(pid: number): boolean {
  return processes().some((process) => process.pid === pid && !process.zombie)
}

/** The process that waits, in the postmaster's own group, for the end of its Node process. */
export function watcherOf(postmaster: number): number | undefined {
  return processes().find(({ pid, group, zombie }) => group === postmaster && pid !== postmaster && !zombie)
    ?.pid
}

/** The backends and helpers of a postmaster that runs. */
export function childrenOf(postmaster: number): number[] {
  return processes()
    .filter(({ parent }) => parent === postmaster)
    .map(({ pid }) => pid)
}
