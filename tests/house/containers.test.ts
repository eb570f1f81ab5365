import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { settings } from '../../src/settings.ts'
import { query } from '../support/app.ts'
import { startCli } from '../support/cli.ts'
import { createTestDatabase } from '../support/database.ts'
import { freePort } from '../support/ports.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const read = (name: string) => readFileSync(join(root, name), 'utf8')

describe('docker-compose.yml', () => {
  const { services, volumes } = parse(read('docker-compose.yml'), { merge: true })

  test('a Postgres that is healthy by TCP, with its data on a volume', () => {
    const { image, healthcheck, volumes: mounts } = services.postgres
    expect(image).toMatch(/^postgres:18\./)
    expect(healthcheck.test).toEqual(expect.arrayContaining(['CMD', 'pg_isready', '--host=127.0.0.1']))
    // Since 18 the image keeps its data in a folder of its version inside this one.
    expect(mounts).toEqual(['postgres:/var/lib/postgresql'])
    expect(Object.keys(volumes)).toEqual(['postgres'])
  })

  test('a server that waits for it, under the same name and password', () => {
    const { build, depends_on, environment } = services.server
    expect(build).toBe('.')
    expect(depends_on.postgres.condition).toBe('service_healthy')
    const { POSTGRES_DB, POSTGRES_USER, POSTGRES_PASSWORD } = services.postgres.environment
    // Without a password both refuse to start, with a sentence.
    expect(POSTGRES_PASSWORD).toMatch(/^\$\{POSTGRES_PASSWORD:\?Set POSTGRES_PASSWORD, .+\}$/)
    const addressAt = (host: string) =>
      `postgresql://${POSTGRES_USER}:\${POSTGRES_PASSWORD:?Set POSTGRES_PASSWORD}@${host}:5432/${POSTGRES_DB}`
    expect(environment.DATABASE_URL).toBe(addressAt(`\${POSTGRES_HOST:-postgres}`))
    // Past a pooler, which drops notifications.
    expect(environment.DATABASE_LISTEN_URL).toBe(addressAt('postgres'))
    expect(Object.keys(environment).filter((name) => !(name in settings))).toEqual([])
  })
})

describe('each container', () => {
  const { services } = parse(read('docker-compose.yml'), { merge: true })
  const all: [string, Record<string, unknown>][] = Object.entries(services)

  test.each(all)(
    '%s has a read-only root, few capabilities, a limit of memory and a version',
    (_, service) => {
      expect(service).toMatchObject({
        read_only: true,
        cap_drop: ['ALL'],
        security_opt: ['no-new-privileges:true'],
        tmpfs: expect.arrayContaining(['/tmp']),
        mem_limit: expect.stringMatching(/:-1g\}$/),
      })
      if (service.image !== undefined) expect(service.image).toMatch(/:v?\d+\.\d+/)
    },
  )

  test('images have their digests; that of the gateway, which only tries composition, its version', () => {
    const withoutDigest = all.filter(([, { image }]) => image && !/@sha256:[\da-f]{64}$/.test(String(image)))
    expect(withoutDigest.map(([name]) => name)).toEqual(['gateway'])
  })

  test('the image of Postgres has what it needs to become its user', () => {
    expect(all.filter(([, { cap_add }]) => cap_add !== undefined).map(([name]) => name)).toEqual(['postgres'])
  })

  test('the base of the Dockerfile is exact, and the Node of the development', () => {
    const { devDependencies } = JSON.parse(read('package.json'))
    const bases = [...read('Dockerfile').matchAll(/^FROM (\S+)/gm)].map(([, base]) => base)
    const [base, ...others] = new Set(bases)
    expect(others).toEqual([])
    expect(base).toMatch(/@sha256:[\da-f]{64}$/)
    expect(base?.split('@')[0]).toBe(`node:${devDependencies.node}-slim`)
  })
})

describe('Dockerfile', () => {
  const dockerfile = read('Dockerfile')
  const leftOut = read('.dockerignore').match(/^\w.+$/gm) ?? []

  test('leaves out the examples, which need development packages', () => {
    expect(leftOut).toEqual(['src/examples'])
  })

  test('takes what .dockerignore lets through, and ends as a user without rights', () => {
    const allowed = [...read('.dockerignore').matchAll(/^!(.+)$/gm)].map(([, name]) => name)
    const copied = [...dockerfile.matchAll(/^COPY (?!--)(.+) \S+$/gm)].flatMap(([, names = '']) =>
      names.split(' '),
    )
    expect(new Set(copied)).toEqual(new Set(allowed))
    expect(dockerfile).toMatch(/^USER node$/m)
  })

  test('its commands, run here: the production install starts, is healthy and answers', async ({ skip }) => {
    if (!process.env.TEST_INSTALL) skip('Installs packages; TEST_INSTALL=1 runs it, as .ci/run does.')
    const project = mkdtempSync(join(tmpdir(), 'daily-papers-image-'))
    try {
      for (const [, name = ''] of read('.dockerignore').matchAll(/^!(.+)$/gm)) {
        cpSync(join(root, name), join(project, name), { recursive: true })
      }
      for (const name of leftOut) rmSync(join(project, name), { recursive: true })
      const steps = [...dockerfile.matchAll(/^RUN (.+)$/gm)].map(([, step = '']) => step)
      expect(steps.join(' ')).toContain('npm ci')
      for (const step of steps) {
        const env = { ...process.env, npm_config_prefer_offline: 'true' }
        execFileSync('sh', ['-c', step], { cwd: project, env, stdio: 'pipe' })
      }
      expect(readdirSync(join(project, 'node_modules/.cache/program'))).toContain('main.mjs')
      await using database = await createTestDatabase()
      const port = await freePort()
      const env = { NODE_ENV: 'production', HOST: '0.0.0.0', PORT: String(port), DATABASE_URL: database.url }
      await using server = startCli(['serve'], { cwd: project, project, env })
      await server.said(/is ready: 43 papers/)
      const [, check = '[]'] = /HEALTHCHECK[\s\S]*?CMD (\[.*\])/.exec(dockerfile) ?? []
      const [, ...script]: string[] = JSON.parse(check)
      execFileSync(process.execPath, script, { env })
      const endpoint = `http://127.0.0.1:${port}/graphql`
      expect(await query({ endpoint }, '{ papers(first: 1) { totalCount } }')).toEqual({
        papers: { totalCount: 43 },
      })
      server.kill('SIGTERM')
      expect(await server.ended).toEqual({ code: 0, signal: null })
      expect(() => execFileSync(process.execPath, script, { env })).toThrow()
    } finally {
      rmSync(project, { recursive: true, force: true })
    }
  }, 400_000)
})
