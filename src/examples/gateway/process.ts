import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { GatewayOptions } from './options.ts'

/** A gateway in its own process. */
export interface Gateway extends AsyncDisposable {
  readonly endpoint: string
  readonly wsEndpoint: string
  readonly port: number
  /** Its standard error. */
  readonly stderr: string
  /** Ends it at once, as a crash would. */
  kill(): Promise<void>
  /** Ends it as an operator would. */
  close(): Promise<void>
}

export interface ProcessOptions extends Partial<Omit<GatewayOptions, 'supergraphFile'>> {
  /** A module that Node loads before the program. */
  readonly preload?: URL
}

/** Starts a program of a gateway and waits until it listens. Rejects with its standard error if it ends before. */
export async function startProcess(
  program: URL,
  supergraph: string,
  { preload, ...options }: ProcessOptions = {},
): Promise<Gateway> {
  const temporary = await mkdtemp(join(tmpdir(), 'daily-papers-gateway-'))
  const supergraphFile = join(temporary, 'supergraph.graphql')
  await writeFile(supergraphFile, supergraph)
  const given: GatewayOptions = {
    port: 0,
    subscriptions: 'ws',
    timeoutMs: 10_000,
    checkHealth: false,
    ...options,
    supergraphFile,
  }
  const child: ChildProcess = spawn(
    process.execPath,
    [...(preload ? ['--import', preload.href] : []), fileURLToPath(program), JSON.stringify(given)],
    {
      env: { APOLLO_TELEMETRY_DISABLED: 'true', NODE_ENV: 'production' },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  let stderr = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  const ended = once(child, 'close')
  const end = async (signal: NodeJS.Signals) => {
    child.kill(signal)
    await ended
    await rm(temporary, { recursive: true, force: true })
  }
  try {
    const port = await new Promise<number>((resolve, reject) => {
      child.stdout?.setEncoding('utf8').on('data', (text: string) => {
        const [, found] = /listening on (\d+)/.exec(text) ?? []
        if (found) resolve(Number(found))
      })
      void ended.then(() => reject(new Error(`The gateway exited before it listened:\n${stderr}`)))
    })
    return {
      port,
      endpoint: `http://127.0.0.1:${port}/graphql`,
      wsEndpoint: `ws://127.0.0.1:${port}/graphql`,
      get stderr() {
        return stderr
      },
      kill: () => end('SIGKILL'),
      close: () => end('SIGTERM'),
      [Symbol.asyncDispose]: () => end('SIGKILL'),
    }
  } catch (error) {
    await end('SIGKILL')
    throw error
  }
}
