import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import type { EmbeddedOptions } from '../../db/embedded/index.ts'
import { processes } from './processes.ts'

/** What the child does once its database is up. */
export interface ChildTask {
  readonly options: EmbeddedOptions
  readonly task: 'hold' | 'write' | 'exit' | 'throw' | 'end'
}

/** A line that the child says. */
export type ChildMessage =
  | { event: 'ready'; pid: number; url: string; firstStart: boolean }
  | { event: 'failed'; name: string; message: string }
  | { event: 'log'; line: string }
  | { event: 'written'; n: number }
  | { event: 'drained'; answer: number }

type MessageOf<E extends ChildMessage['event']> = Extract<ChildMessage, { event: E }>

export interface LaunchOptions extends EmbeddedOptions {
  readonly task?: ChildTask['task']
  /** Further options of the process itself. */
  readonly process?: { uid?: number; gid?: number; detached?: boolean; env?: NodeJS.ProcessEnv }
}

/** A process with an embedded database of its own, killed at the end of its scope if it still runs. */
export class Launched {
  readonly pid: number
  readonly messages: ChildMessage[] = []
  stderr = ''
  /** Settles when it has ended and all it said has been read. */
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>
  readonly #child: ChildProcess
  #over = false

  constructor({ task = 'hold', process: how = {}, ...options }: LaunchOptions) {
    const script = fileURLToPath(new URL('./embedded-child.ts', import.meta.url))
    const what: ChildTask = { task, options }
    this.#child = spawn(process.execPath, [script, JSON.stringify(what)], { cwd: '/', stdio: 'pipe', ...how })
    this.pid = this.#child.pid ?? 0
    const { stdout, stderr } = this.#child
    if (!stdout || !stderr) throw new TypeError('the child has no pipes')
    createInterface({ input: stdout }).on('line', (line) => {
      this.messages.push(JSON.parse(line))
    })
    stderr.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text
    })
    this.ended = once(this.#child, 'close').then(([code, signal]) => {
      this.#over = true
      return { code, signal }
    })
  }

  /** The first message of a kind. Fails if the process ends without having said it. */
  async message<E extends ChildMessage['event']>(event: E): Promise<MessageOf<E>> {
    const find = () => this.messages.find((message): message is MessageOf<E> => message.event === event)
    await until(`the child to say "${event}"`, () => this.#over || find() !== undefined)
    const found = find()
    if (found) return found
    throw new Error(`ended without "${event}": ${JSON.stringify(this.messages)} ${this.stderr}`)
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.kill('SIGKILL')
    await this.ended
  }
}

/** A new folder that every user may enter, removed at the end of its scope, once nobody works in it any more. */
export function temporaryFolder(): AsyncDisposable & { path: string } {
  const path = mkdtempSync(join(tmpdir(), 'daily-papers-embedded-'))
  chmodSync(path, 0o755)
  return {
    path,
    async [Symbol.asyncDispose]() {
      await until(
        `all to have left ${path}`,
        () => !processes().some(({ command }) => command.includes(path)),
      )
      rmSync(path, { recursive: true, force: true })
    },
  }
}

/** Waits for a state of the world that announces itself by no event, but not for ever. */
export async function until(what: string, holds: () => boolean, timeoutMs = 20_000): Promise<void> {
  const deadline = Date.now() + timeoutMs
  while (!holds()) {
    if (Date.now() > deadline) throw new Error(`waited ${timeoutMs} ms in vain for ${what}`)
    await sleep(5)
  }
}

/** One statement over a connection of its own. */
export async function query(url: string, statement: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => {})
  await client.connect()
  try {
    return (await client.query(statement)).rows
  } finally {
    await client.end()
  }
}
