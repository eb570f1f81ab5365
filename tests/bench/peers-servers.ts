import { spawnSync } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { type BenchServer, startServer } from './feed-servers.ts'
import {
  type Bodies,
  limitBodies,
  mercuriusBodies,
  ourBodies,
  postgraphileBodies,
  type QuestionName,
  type Settings,
} from './peers-questions.ts'

/** A server that is measured. */
export interface Contender {
  readonly name: string
  readonly url: string
  readonly server: BenchServer
  readonly bodies: Bodies
}

export const folder = join(import.meta.dirname, 'peers')

/** The packages of the peers, in their own folder: nothing else of this project needs them. */
export function installPeers(): void {
  const installed = join(folder, 'node_modules/.package-lock.json')
  const lock = join(folder, 'package-lock.json')
  if (existsSync(installed) && statSync(installed).mtimeMs > statSync(lock).mtimeMs) return
  const { status } = spawnSync('npm', ['ci', '--prefix', folder, '--no-audit', '--no-fund', '--silent'], {
    stdio: 'inherit',
  })
  if (status !== 0) throw new Error(`npm ci --prefix ${folder} failed: see above.`)
}

/**
 * All requests come from one address, which stands for many clients here, and each is executed: no response is kept.
 * Every other setting is the default.
 */
const settingsOfOurs = { CLIENT_POINTS: '1000000000', RESPONSE_CACHE_BYTES: '0' }

const files = { limit: 'limit.mjs', mercurius: 'mercurius.mjs', postgraphile: 'postgraphile.mjs' }

export interface StartContender {
  readonly databaseUrl: string
  readonly settings: Settings
  readonly core: number | undefined
  /** Options of Node. */
  readonly execArgv?: readonly string[]
}

/** `name` is `limit`, `mercurius`, `postgraphile`, `ours`, or the folder of another version of this project. */
export async function startContender(name: string, options: StartContender): Promise<Contender> {
  const { databaseUrl, settings, core, execArgv = [] } = options
  const file = files[name as keyof typeof files]
  const project = name === 'ours' ? join(import.meta.dirname, '../..') : name
  const server = await startServer({
    ...(file
      ? {
          args: [join(folder, file), databaseUrl],
          env: { NODE_ENV: 'production', GRAPHILE_ENV: 'production' },
          ready: /listening on (\d+)/,
        }
      : {
          args: [...execArgv, join(project, 'src/cli.mjs'), 'serve'],
          env: { DATABASE_URL: databaseUrl, PORT: '0', PLANT_SEEDS: 'off', ...settingsOfOurs },
          ready: /localhost:(\d+)\/graphql/,
        }),
    ...(core !== undefined && { core }),
  })
  try {
    const url = `http://127.0.0.1:${server.port}/graphql`
    return { name, url, server, bodies: await bodiesFor(name, settings, url) }
  } catch (error) {
    await server[Symbol.asyncDispose]()
    throw error
  }
}

function bodiesFor(name: string, settings: Settings, url: string): Promise<Bodies> {
  if (name === 'limit') return limitBodies(settings)
  if (name === 'mercurius') return mercuriusBodies(settings)
  if (name === 'postgraphile') return postgraphileBodies(settings, (body) => askOnce(url, body))
  return ourBodies(settings)
}

/** The data of an answer. */
export async function askOnce(url: string, body: string): Promise<unknown> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  })
  const { data, errors } = (await response.json()) as { data?: unknown; errors?: unknown }
  if (errors) throw new Error(`${url} answers ${JSON.stringify(errors)} to ${body}`)
  return data
}

/** The answers to a question, one for each of its settings. */
export async function answersOf({ url, bodies }: Contender, question: QuestionName): Promise<unknown[]> {
  const answers: unknown[] = []
  for (const body of bodies[question]) answers.push(await askOnce(url, body))
  return answers
}
