import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { GatewayOptions } from './gateway/options.ts'

export type GatewayKind = 'apollo' | 'hive'

/** A gateway in a process of its own, which cannot speak to other machines. */
export interface Gateway extends AsyncDisposable {
  readonly endpoint: string
  readonly wsEndpoint: string
  readonly port: number
  /** What it wrote to standard error. */
  readonly said: string
  /** Ends it at once, as a crash would. */
  kill(): Promise<void>
  /** Ends it as an operator would. */
  close(): Promise<void>
}

const folder = new URL('./gateway/', import.meta.url)

/** Starts it and waits until it answers. Rejects with what it said where it ends before that. */
export async function startGateway(
  kind: GatewayKind,
  supergraph: string,
  options: Partial<Omit<GatewayOptions, 'supergraphFile'>> = {},
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
    ['--import', new URL('loopback-only.ts', folder).href, file(`${kind}.ts`), JSON.stringify(given)],
    {
      env: { PATH: process.env.PATH, APOLLO_TELEMETRY_DISABLED: 'true', NODE_ENV: 'production' },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  let said = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said += text
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
      void ended.then(() => reject(new Error(`The gateway ended before it listened:\n${said}`)))
    })
    return {
      port,
      endpoint: `http://127.0.0.1:${port}/graphql`,
      wsEndpoint: `ws://127.0.0.1:${port}/graphql`,
      get said() {
        return said
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

function file(name: string): string {
  return fileURLToPath(new URL(name, folder))
}
