import { spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parse, stringify } from 'yaml'
import { freePort } from '../support/ports.ts'

/** What is in the project for operators. */
export const operations = fileURLToPath(new URL('../../.github/operations/', import.meta.url))

export interface PrometheusOptions {
  /** For its data. */
  readonly folder: string
  /** What it scrapes, e.g. `127.0.0.1:9464`. */
  readonly target: string
  readonly scrapeSeconds: number
}

export interface Prometheus {
  /** The data of an answer of its API, e.g. to `query_range`. */
  ask<Data>(what: string, parameters: Readonly<Record<string, string>>): Promise<Data>
}

/** Starts one with the configuration and the rules of the project, but for where the server is. It ends with the stack. */
export async function startPrometheus(
  stack: AsyncDisposableStack,
  { folder, target, scrapeSeconds }: PrometheusOptions,
): Promise<Prometheus> {
  const config = parse(readFileSync(join(operations, 'prometheus.yml'), 'utf8'))
  config.global = { scrape_interval: `${scrapeSeconds}s`, evaluation_interval: `${scrapeSeconds}s` }
  config.rule_files = [join(operations, 'alerts.yaml')]
  config.scrape_configs[0].static_configs = [{ targets: [target] }]
  writeFileSync(join(folder, 'prometheus.yml'), stringify(config))
  const address = `127.0.0.1:${await freePort()}`
  const flags = {
    'config.file': join(folder, 'prometheus.yml'),
    'storage.tsdb.path': join(folder, 'prometheus'),
    'web.listen-address': address,
  }
  const values = Object.entries(flags).map(([name, value]) => `--${name}=${value}`)
  const program = spawn('prometheus', values, { stdio: 'ignore' })
  stack.defer(() => void program.kill('SIGKILL'))
  return {
    async ask<Data>(what: string, parameters: Readonly<Record<string, string>>): Promise<Data> {
      const response = await fetch(`http://${address}/api/v1/${what}?${new URLSearchParams(parameters)}`)
      const { status, data, error } = (await response.json()) as {
        status: string
        data: Data
        error?: string
      }
      if (status !== 'success') throw new Error(`Prometheus refuses ${JSON.stringify(parameters)}: ${error}`)
      return data
    },
  }
}
