import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, readlinkSync, realpathSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { EmbeddedDatabaseError } from './error.ts'

const socketFiles = ['.s.PGSQL.5432', '.s.PGSQL.5432.lock']

/** How long each degree of asking is given before the next one. */
const patienceMs = 5_000
/** Backends notice at once that their postmaster is gone, unless they compute without a pause. */
const orphanPatienceMs = 1_000

/**
 * Leaves a data directory with no Postgres at work in it and no pid file that would stop the next one. To be
 * called with the directory locked: then a Postgres that still runs here has lost its server, so it is stopped,
 * and its backends too if it left them behind.
 */
export async function endLeftoverProcesses(dataDir: string, log: (line: string) => void): Promise<void> {
  const real = realpathSync(dataDir)
  const pidFile = join(dataDir, 'postmaster.pid')
  const signals: NodeJS.Signals[] = ['SIGINT', 'SIGQUIT']
  let nextStepAt = 0
  const deadline = Date.now() + 4 * patienceMs
  for (;;) {
    const pid = pidIn(pidFile)
    const found = pid === undefined ? undefined : inspect(pid)
    const postmaster = found && worksIn(found, real) ? found : undefined
    const backends = postmaster ? [] : postgresProcessesIn(real)
    if (!postmaster && backends.length === 0) {
      // A pid file of a process that is gone is left to Postgres, which then checks its shared memory as well.
      if (found) {
        log(
          `removing the stale ${pidFile}: process ${found.pid} is ${found.zombie ? 'a zombie' : found.name}`,
        )
        rmSync(pidFile, { force: true })
      }
      return
    }
    const running = postmaster ? [postmaster.pid] : backends
    if (Date.now() > deadline) {
      throw new EmbeddedDatabaseError(
        `Postgres (process ${running.join(', ')}), left in ${dataDir} by a server that was killed, does not stop. ` +
          'Stop it, then start again.',
      )
    }
    if (postmaster && Date.now() >= nextStepAt) {
      log(`stopping Postgres ${postmaster.pid}, left by a server that was killed`)
      send(postmaster.pid, signals.shift() ?? 'SIGQUIT')
      nextStepAt = Date.now() + patienceMs
    } else if (!postmaster && nextStepAt === 0) {
      nextStepAt = Date.now() + orphanPatienceMs
    } else if (!postmaster && Date.now() >= nextStepAt) {
      log(`ending the Postgres backends ${backends.join(', ')}, which outlived their server`)
      for (const backend of backends) send(backend, 'SIGQUIT')
      nextStepAt = Date.now() + patienceMs
    }
    await sleep(20)
  }
}

/** Removes the socket of a server that was killed: its lock file blocks a start as `postmaster.pid` does. */
export function removeSocketFiles(socketDir: string): void {
  for (const name of socketFiles) rmSync(join(socketDir, name), { force: true })
}

interface FoundProcess {
  readonly pid: number
  readonly name: string
  readonly zombie: boolean
  /** Undefined if the system does not say, as for another user's process. */
  readonly cwd: string | undefined
  readonly commandLine: string
}

/** Postgres works in its data directory. Where that cannot be read, the postmaster's `-D` must name it. */
function worksIn(found: FoundProcess, dataDir: string): boolean {
  if (found.zombie || !found.name.startsWith('postgres')) return false
  return found.cwd === undefined ? found.commandLine.includes(`-D ${dataDir} `) : found.cwd === dataDir
}

function postgresProcessesIn(dataDir: string): number[] {
  if (process.platform !== 'linux') return []
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  return pids.map(Number).filter((pid) => {
    const found = inspect(pid)
    return found !== undefined && worksIn(found, dataDir)
  })
}

function inspect(pid: number): FoundProcess | undefined {
  return process.platform === 'linux' ? inspectProc(pid) : inspectPs(pid)
}

function inspectProc(pid: number): FoundProcess | undefined {
  // The name is in parentheses and may itself contain spaces and parentheses.
  const stat = /^\d+ \((.*)\) (\S)/s.exec(read(() => readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? '')
  if (!stat) return undefined
  return {
    pid,
    name: stat[1] ?? '',
    zombie: stat[2] === 'Z' || stat[2] === 'X',
    // Read when asked for, which is for the few that are called postgres.
    get cwd() {
      return read(() => readlinkSync(`/proc/${pid}/cwd`))
    },
    get commandLine() {
      return read(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')) ?? ''
    },
  }
}

function inspectPs(pid: number): FoundProcess | undefined {
  const { stdout } = spawnSync('ps', ['-ww', '-o', 'stat=,command=', '-p', String(pid)], { encoding: 'utf8' })
  const line = /^\s*(\S+)\s+(.*)$/m.exec(stdout ?? '')
  if (!line) return undefined
  const commandLine = `${line[2] ?? ''} `
  return {
    pid,
    name: /(?:^|\/)(postgres)[ :]/.exec(commandLine)?.[1] ?? commandLine.trim(),
    zombie: line[1]?.startsWith('Z') ?? false,
    cwd: undefined,
    commandLine,
  }
}

function pidIn(pidFile: string): number | undefined {
  const pid = Number.parseInt(read(() => readFileSync(pidFile, 'utf8')) ?? '', 10)
  return pid > 0 ? pid : undefined
}

function send(pid: number, signal: NodeJS.Signals): void {
  read(() => process.kill(pid, signal)) // it may be gone by now
}

function read<T>(attempt: () => T): T | undefined {
  try {
    return attempt()
  } catch {
    return undefined
  }
}
