import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { awaiting } from './patience.ts'

const here = fileURLToPath(new URL('../..', import.meta.url))
/** Runs the program, where it is not the Node that runs the tests: the oldest supported one, say. */
const node = process.env.TEST_NODE || process.execPath

export interface CliOptions {
  /** All of the environment, beside PATH. */
  readonly env?: Readonly<Record<string, string>>
  readonly cwd: string
  /** Options of Node itself. */
  readonly execArgv?: readonly string[]
  /** Another copy of the project than the one of these tests. */
  readonly project?: string
  /** What it finds on its standard input; without it, nothing. */
  readonly input?: string | Uint8Array
}

/** The program as a process of its own; killed at the end of its scope if it still runs. */
export interface CliProcess extends AsyncDisposable {
  readonly pid: number
  readonly stdout: string
  readonly stderr: string
  /** Resolves when the program has said something that matches; rejects when it ends before that. */
  said(pattern: RegExp): Promise<RegExpExecArray>
  /** Settles when it has ended and all it said was read. */
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>
  kill(signal: NodeJS.Signals): void
}

export function startCli(
  args: readonly string[],
  { env = {}, cwd, execArgv = [], input, project = here }: CliOptions,
): CliProcess {
  const child: ChildProcess = spawn(node, [...execArgv, join(project, 'src/cli.mjs'), ...args], {
    cwd,
    env: { PATH: process.env.PATH, ...env },
    stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  })
  child.stdin?.on('error', () => {}).end(input)
  const heard = { stdout: '', stderr: '' }
  const listeners = new Set<() => void>()
  let over = false
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream]?.setEncoding('utf8').on('data', (text: string) => {
      heard[stream] += text
      for (const listener of listeners) listener()
    })
  }
  const ended = once(child, 'close').then(([code, signal]) => {
    over = true
    for (const listener of listeners) listener()
    return { code, signal }
  })
  return {
    pid: child.pid ?? 0,
    get stdout() {
      return heard.stdout
    },
    get stderr() {
      return heard.stderr
    },
    said(pattern) {
      const { promise, resolve, reject } = Promise.withResolvers<RegExpExecArray>()
      const look = () => {
        const found = pattern.exec(heard.stdout) ?? pattern.exec(heard.stderr)
        if (found) resolve(found)
        else if (over) reject(new Error(`It never said ${pattern}:\n${heard.stdout}${heard.stderr}`))
        else return
        listeners.delete(look)
      }
      listeners.add(look)
      look()
      return awaiting(
        () => `${args.join(' ')} to say ${pattern}; it said:\n${heard.stdout}${heard.stderr}`,
        promise,
      )
    },
    get ended() {
      return awaiting(() => `the end of ${args.join(' ')}; it said:\n${heard.stdout}${heard.stderr}`, ended)
    },
    kill: (signal) => void child.kill(signal),
    async [Symbol.asyncDispose]() {
      if (!over) child.kill('SIGKILL')
      await ended
    },
  }
}

/** Runs the program to its end. */
export async function runCli(args: readonly string[], options: CliOptions) {
  await using cli = startCli(args, options)
  const { code, signal } = await cli.ended
  return { code: code ?? signal, stdout: cli.stdout, stderr: cli.stderr }
}
