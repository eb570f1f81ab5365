import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** A server of a process of its own, on a core of its own where there is `taskset`. */
export interface BenchServer extends AsyncDisposable {
  readonly port: number
  readonly pid: number
  /** Resident memory in KiB. */
  memory(): number
  /** CPU time so far in ms. */
  cpu(): number
  kill(signal: NodeJS.Signals): void
  readonly ended: Promise<void>
}

export interface StartOptions {
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** Core to stay on. */
  readonly core?: number
  /** What it prints once it listens; the group is the port. */
  readonly ready: RegExp
}

export async function startServer({ args, env = {}, core, ready }: StartOptions): Promise<BenchServer> {
  const pinned = core === undefined ? [process.execPath] : ['taskset', '-c', String(core), process.execPath]
  const [command = '', ...before] = pinned
  const child: ChildProcess = spawn(command, [...before, ...args], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  let said = ''
  let killed = false
  child.once('exit', (code, signal) => {
    if (!killed) process.stderr.write(`A server ended by itself (${signal ?? code}):\n${said}\n`)
  })
  const port = await new Promise<number>((resolve, reject) => {
    const hear = (text: Buffer) => {
      said += text
      const found = ready.exec(said)
      if (found) resolve(Number(found[1]))
    }
    child.stdout?.on('data', hear)
    child.stderr?.on('data', hear)
    child.once('exit', () => reject(new Error(`The server ended:\n${said}`)))
  })
  const pid = child.pid ?? 0
  return {
    port,
    pid,
    memory() {
      const file = `/proc/${pid}/status`
      return existsSync(file) ? Number(/VmRSS:\s+(\d+)/.exec(readFileSync(file, 'utf8'))?.[1]) : 0
    },
    cpu() {
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
      return (Number(fields[11]) + Number(fields[12])) * 10
    },
    kill(signal) {
      killed = true
      child.kill(signal)
    },
    ended,
    async [Symbol.asyncDispose]() {
      killed = true
      child.kill('SIGKILL')
      await ended
    },
  }
}

const path = (name: string) => fileURLToPath(new URL(name, import.meta.url))

/** The real thing, as a user starts it. */
export function startOurs(
  databaseUrl: string,
  core?: number,
  env: Record<string, string> = {},
): Promise<BenchServer> {
  return startServer({
    args: [path('../../src/cli.mjs'), 'serve'],
    env: {
      DATABASE_URL: databaseUrl,
      PORT: '0',
      PLANT_SEEDS: 'off',
      CLIENT_POINTS: '1000000000',
      MAX_CONNECTIONS: '100000',
      MAX_CONNECTIONS_PER_ADDRESS: '100000',
      MAX_SOCKETS: '100000',
      MAX_SOCKETS_PER_ADDRESS: '100000',
      MAX_SUBSCRIPTIONS: '100000',
      MAX_SUBSCRIPTIONS_PER_ADDRESS: '100000',
      ...env,
    },
    ...(core === undefined ? {} : { core }),
    ready: /localhost:(\d+)\/graphql/,
  })
}

export function startBare(databaseUrl: string, size: number, core?: number): Promise<BenchServer> {
  return startServer({
    args: [path('./feed-bare.ts'), databaseUrl, String(size)],
    ...(core === undefined ? {} : { core }),
    ready: /listening on (\d+)/,
  })
}
