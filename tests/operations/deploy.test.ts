import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { readConfig } from '../../src/config.ts'
import { settings } from '../../src/settings.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const read = (name: string) => readFileSync(`${root}${name}`, 'utf8')
const { services } = parse(read('docker-compose.yml'), { merge: true })

describe('docker-compose.yml', () => {
  test('passes every setting of the file .env, but those that the containers agree upon', () => {
    const { env_file, environment, ports } = services.server
    expect(env_file).toEqual([{ path: '.env', required: false }])
    // PORT in .env is that of the host.
    expect(environment.PORT).toBe('4000')
    expect(ports).toHaveLength(1)
    expect(ports[0]).toMatch(/PORT:-4000\}:4000$/)
  })

  test('has a profile for each companion, and nothing of them without it', () => {
    const profiles = Object.entries<{ profiles?: string[] }>(services).map(([name, service]) => [
      name,
      service.profiles ?? [],
    ])
    expect(Object.fromEntries(profiles)).toEqual({
      ...{ postgres: [], server: [], gateway: ['gateway'], mail: ['mail'], pooler: ['pooler'] },
      prometheus: ['metrics'],
    })
  })

  test('the profile pooler pools transactions of the same database, on the port of Postgres', () => {
    const { pooler, postgres } = services
    expect(pooler.environment).toMatchObject({
      ...{ DB_HOST: 'postgres', DB_NAME: postgres.environment.POSTGRES_DB },
      ...{ DB_USER: postgres.environment.POSTGRES_USER, LISTEN_PORT: '5432', POOL_MODE: 'transaction' },
    })
    // The server names statements, which PgBouncer keeps track of from 1.21 on.
    expect(Number(pooler.environment.MAX_PREPARED_STATEMENTS)).toBeGreaterThan(0)
  })

  test('the profile metrics scrapes the port that the server has for it, which is not published', () => {
    const { scrape_configs, rule_files } = parse(read('.github/operations/prometheus.yml'))
    const { prometheus, server } = services
    expect(prometheus.profiles).toEqual(['metrics'])
    expect(scrape_configs[0].job_name).toBe('daily-papers')
    expect(scrape_configs[0].static_configs[0].targets).toEqual([`server:${server.environment.METRICS_PORT}`])
    const mounted = prometheus.volumes.map((volume: string) => volume.split(':'))
    expect(mounted.map(([, target]: string[]) => target)).toEqual(
      expect.arrayContaining([...rule_files, '/etc/prometheus/prometheus.yml']),
    )
    for (const [source = ''] of mounted) expect(read(source.replace('./', ''))).not.toBe('')
  })
})

describe('kubernetes.yaml', () => {
  const objects = parseAllDocuments(read('.github/operations/kubernetes.yaml')).map((each) => each.toJS())
  const of = (kind: string) => objects.find((each) => each.kind === kind)
  const { spec } = of('Deployment').spec.template
  const [container] = spec.containers

  test('its settings are settings, with values that the program takes', () => {
    const env = { ...of('Secret').stringData, ...of('ConfigMap').data }
    expect(Object.keys(env).filter((name) => !(name in settings))).toEqual([])
    const config = readConfig(env)
    expect(container.ports).toContainEqual({ name: 'metrics', containerPort: config.telemetry.metricsPort })
    expect(container.ports).toContainEqual({ name: 'http', containerPort: config.http.port })
  })

  test('the probes ask paths that there are, and a stop has time', () => {
    expect(container.livenessProbe.httpGet.path).toBe('/livez')
    expect(container.readinessProbe.httpGet.path).toBe('/readyz')
    const pause = container.lifecycle.preStop.sleep.seconds
    expect(spec.terminationGracePeriodSeconds).toBeGreaterThan(pause + readConfig({}).shutdownMs / 1000 + 10)
  })

  test('the parts name each other', () => {
    const { selector, template } = of('Deployment').spec
    expect(template.metadata.labels).toMatchObject(selector.matchLabels)
    expect(of('Service').spec.selector).toEqual(selector.matchLabels)
    expect(of('PodDisruptionBudget').spec.selector).toEqual(selector)
    expect(of('Ingress').spec.rules[0].http.paths[0].backend.service.name).toBe(of('Service').metadata.name)
  })
})

describe('proxies and systemd', () => {
  test('nginx passes WebSockets and streams on, and no address that a client claims', () => {
    const text = read('.github/operations/nginx.conf')
    expect(text.split('{').length).toBe(text.split('}').length)
    for (const directive of [
      'proxy_http_version 1.1;',
      'proxy_set_header Upgrade $http_upgrade;',
      'proxy_set_header Connection $connection_upgrade;',
      'proxy_set_header X-Forwarded-For $remote_addr;',
    ])
      expect(text).toContain(directive)
    const [, seconds] = /proxy_read_timeout (\d+)s;/.exec(text) ?? []
    expect(Number(seconds)).toBeGreaterThan(30)
  })

  test('Caddy asks the path that says whether a server is ready', () => {
    const text = read('.github/operations/Caddyfile')
    expect(text).toContain('health_uri /readyz')
    expect(text.split('{').length).toBe(text.split('}').length)
  })

  test('systemd starts the program, restarts it, and lets it stop', () => {
    const text = read('.github/operations/daily-papers.service')
    const values = Object.fromEntries(
      text.split('\n').flatMap((line) => (/^\w+=/.test(line) ? [line.split(/=(.*)/s).slice(0, 2)] : [])),
    )
    expect(values).toMatchObject({ ExecStart: '/usr/bin/node src/cli.mjs serve', Restart: 'always' })
    expect(Number(values.TimeoutStopSec)).toBeGreaterThan(readConfig({}).shutdownMs / 1000 + 10)
    const named = [...values.Environment.matchAll(/(\w+)=/g)].map(([, name]) => name)
    expect(named.filter((name) => !(name in settings))).toEqual([])
  })
})
