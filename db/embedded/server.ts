import type { ChildProcess } from 'node:child_process'
import { closeSync, fstatSync, lstatSync, readFileSync, renameSync } from 'node:fs'
import { Socket } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Binaries } from './binaries.ts'
import { explainLog, withoutBadAdvice } from './damage.ts'
import { EmbeddedDatabaseError } from './error.ts'
import { openToAppend } from './files.ts'
import type { ServerUser } from './privileges.ts'

/** How a Postgres ended: the code or the signal of its main process. */
export interface ServerExit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** A running Postgres. */
export interface PostgresProcess {
  readonly pid: number
  /** Settles when Postgres has ended, for whatever reason. */
  readonly exited: Promise<ServerExit>
  /** Has it read its files of settings again. */
  reload(): void
  /**
   * Lets connections that are just closing close, then shuts down: fast, or immediately if that takes too long,
   * from which the next start recovers.
   */
  stop(): Promise<void>
}

/** A setting of `postgresql.conf`, given on the command line. */
export type Settings = Readonly<Record<string, string | number>>

export interface ServerOptions {
  readonly dataDir: string
  readonly socketDir: string
  readonly logFile: string
  readonly binaries: Binaries
  readonly user: ServerUser
  readonly settings: Settings
  /** Who may connect: `hbaFile` of access.ts. */
  readonly hbaFile: string
  /** Called when the process has begun. */
  readonly onProcess?: (() => void) | undefined
}

/**
 * The shell becomes Postgres, so the pid of the child is the postmaster's. Before that it leaves a reader behind
 * on a pipe from Node: if the pipe ends without a line, Node has died, however it died, and Postgres is stopped.
 */
const watchThenRun = '(( read -r _ <&3 || kill -INT $$ ) >/dev/null 2>&1 </dev/null & ); exec 3<&-; exec "$@"'

const startTimeoutMs = 60_000
const smartShutdownMs = 1_000
const fastShutdownMs = 8_000
const largestLog = 5_000_000

/** Starts Postgres on a data directory and answers when it takes connections. */
export async function startServer(options: ServerOptions): Promise<PostgresProcess> {
  const { dataDir, binaries, user, logFile } = options
  const log = openLog(logFile, user)
  const args = ['-c', watchThenRun, 'sh', join(binaries.bin, 'postgres'), ...serverArguments(options)]
  let child: ChildProcess
  try {
    child = user.spawn('/bin/sh', args, {
      cwd: dataDir, // the working directory of Node may be closed to the Postgres user
      detached: true, // Ctrl-C goes to the whole group, and Postgres must outlive the drain of the program
      stdio: ['ignore', log.fd, log.fd, 'pipe'],
    })
  } finally {
    closeSync(log.fd)
  }
  const ended = { exit: undefined as ServerExit | undefined, error: undefined as Error | undefined }
  const exited = watch(child, ended)
  options.onProcess?.()

  async function stop(): Promise<void> {
    if (ended.exit) return
    child.ref()
    // pg's `pool.end()` answers before its sockets are closed, and a fast shutdown in that moment sends them an
    // error that nobody listens for any more: uncaught, it would end the process.
    child.kill('SIGTERM')
    const steps = [
      setTimeout(() => child.kill('SIGINT'), smartShutdownMs),
      setTimeout(() => child.kill('SIGQUIT'), smartShutdownMs + fastShutdownMs),
    ]
    await exited
    for (const step of steps) clearTimeout(step)
  }

  const deadline = Date.now() + startTimeoutMs
  while (!isReady(dataDir, child.pid)) {
    if (ended.exit) {
      const how = ended.error?.message ?? ended.exit.signal ?? `code ${ended.exit.code}`
      const said = log.tail()
      throw new EmbeddedDatabaseError(
        explainLog(said, dataDir) ?? `Postgres did not start (${how}):\n${withoutBadAdvice(said)}`,
      )
    }
    if (Date.now() > deadline) {
      child.kill('SIGQUIT')
      await exited
      throw new EmbeddedDatabaseError(`Postgres did not start within 60 s:\n${log.tail()}`)
    }
    await Promise.race([sleep(5), exited])
  }
  child.unref()
  return { pid: child.pid ?? 0, exited, reload: () => void child.kill('SIGHUP'), stop }
}

/** Settles when the child has ended, and calls its watcher off before its pid can become somebody else's. */
function watch(child: ChildProcess, ended: { exit: ServerExit | undefined; error: Error | undefined }) {
  const pipe = child.stdio[3]
  if (!(pipe instanceof Socket)) throw new TypeError('the watcher has no pipe')
  pipe.on('error', () => {}) // the reader is gone, and so is the reason to write to it
  pipe.unref()
  return new Promise<ServerExit>((resolve) => {
    const resolveExit = (exit: ServerExit, error?: Error) => {
      if (ended.exit) return
      ended.exit = exit
      ended.error = error
      pipe.end('stay\n')
      resolve(exit)
    }
    child.once('error', (error) => resolveExit({ code: null, signal: null }, error))
    child.once('exit', (code, signal) => resolveExit({ code, signal }))
  })
}

/** Postgres writes its state into line 8 of its pid file, which is more reliable than a message in its log. */
function isReady(dataDir: string, pid: number | undefined): boolean {
  try {
    const lines = readFileSync(join(dataDir, 'postmaster.pid'), 'utf8').split('\n')
    return Number(lines[0]) === pid && (lines[7] ?? '').startsWith('ready')
  } catch {
    return false
  }
}

function serverArguments({ dataDir, socketDir, hbaFile, settings }: ServerOptions): string[] {
  const all: Settings = {
    listen_addresses: '',
    unix_socket_directories: `"${socketDir.replaceAll('"', '""')}"`,
    unix_socket_permissions: '0700',
    hba_file: hbaFile,
    max_connections: 100,
    shared_buffers: '128MB',
    jit: 'off',
    wal_level: 'minimal',
    max_wal_senders: 0,
    // What four thousand papers take is half of that; files of the log are kept for reuse up to the limit.
    max_wal_size: '64MB',
    min_wal_size: '32MB',
    checkpoint_warning: 0,
    log_line_prefix: '%m [%p] ',
    ...settings,
  }
  return ['-D', dataDir, ...Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])]
}

/** A file, not a pipe: a pipe that nobody reads for a while blocks the backends that write to it. */
function openLog(file: string, { owner }: ServerUser) {
  if ((lstatSync(file, { throwIfNoEntry: false })?.size ?? 0) > largestLog) renameSync(file, `${file}.1`)
  const fd = openToAppend(file, [owner])
  const { size } = fstatSync(fd)
  const tail = () => readFileSync(file).subarray(size).toString().trim().split('\n').slice(-15).join('\n')
  return { fd, tail }
}
