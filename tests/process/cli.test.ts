import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { runCli } from '../support/cli.ts'
import { useTestDatabase } from '../support/database.ts'
import { runMain } from '../support/main.ts'
import { databaseUrl } from '../support/urls.ts'

const cwd = mkdtempSync(join(tmpdir(), 'daily-papers-cli-'))
const database = useTestDatabase()
afterAll(() => rmSync(cwd, { recursive: true }))

describe('help', () => {
  test('--help lists the commands, each with a line, and needs no valid settings', async () => {
    const { code, stdout, stderr } = await runCli(['--help'], { cwd, env: { PORT: 'none' } })
    expect([code, stderr]).toEqual([0, ''])
    for (const command of ['serve', 'migrate', 'schema']) {
      expect(stdout).toMatch(new RegExp(`^  ${command}\\b.*  \\w+`, 'm'))
    }
    expect(stdout).toContain('Examples:')
  })

  test.each([
    [['explode'], "error: unknown command 'explode'"],
    [['serve', '--fast'], "error: unknown option '--fast'"],
    [['migrate', 'twice'], "error: too many arguments for 'migrate'. Expected 0 arguments but got 1: twice."],
  ])('%j is refused with a pointer to the help', async (args, message) => {
    const { code, stderr, stdout } = await runMain(args, { cwd })
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toBe(`${message}\nRun it with --help for usage.\n`)
  })
})

describe('a start that cannot succeed says why in a sentence and exits with 1', () => {
  // The port comes first, and the usual one may be taken on this machine.
  const serve = (env: Record<string, string>, args: string[] = []) =>
    runMain(args, { cwd, env: { PORT: '0', ...env } })

  test('settings, all at once', async () => {
    const { code, stderr } = await serve({ PORT: 'http', POOL_SIZE: '0' })
    expect(code).toBe(1)
    expect(stderr).toBe(
      'PORT is "http", but must be a whole number from 0 to 65535.\n' +
        'POOL_SIZE is "0", but must be a whole number from 1 to 1000.\n',
    )
  })

  test.each([[['serve', '--follow', 'huggingface']], [['serve', '--follow']]])(
    'the old name of an option, %j, before any setting is read',
    async (args) => {
      const { code, stderr } = await serve({ PORT: 'http' }, args)
      expect([code, stderr]).toEqual([1, '--follow is not an option of serve: use --poll huggingface.\n'])
    },
  )

  test('settings of a .env file, which the environment wins over', async () => {
    writeFileSync(join(cwd, '.env'), 'PORT=http\nLOG_LEVEL=loud\n')
    try {
      const { code, stderr } = await runCli([], { cwd, env: { PORT: 'ftp' } })
      expect([code, stderr.split('\n')]).toEqual([
        1,
        [
          'PORT is "ftp", but must be a whole number from 0 to 65535.',
          'LOG_LEVEL is "loud", but must be debug, info, warn or error.',
          '',
        ],
      ])
    } finally {
      rmSync(join(cwd, '.env'))
    }
  })

  test('a database where nobody listens; its password is not shown', async () => {
    const { code, stderr } = await serve({ DATABASE_URL: 'postgresql://me:hunter2@127.0.0.1:1/papers' })
    expect([code, stderr]).toEqual([
      1,
      'Cannot use the database postgresql://me:***@127.0.0.1:1/papers: the connection was refused. ' +
        'Start Postgres, correct DATABASE_URL, or unset it to use the embedded database.\n',
    ])
  })

  test('a database that does not exist', async () => {
    const { code, stderr } = await serve({ DATABASE_URL: databaseUrl(database.url, 'nowhere') }, ['migrate'])
    expect(code).toBe(1)
    expect(stderr).toMatch(/^Cannot use the database .*: the database does not exist\. .*\n$/)
  })

  test('something that is no Postgres', async () => {
    const server = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const port = portOf(server)
    const { code, stderr } = await serve({ DATABASE_URL: `postgresql://127.0.0.1:${port}/papers` })
    server.close()
    expect(code).toBe(1)
    expect(stderr).toMatch(/^Cannot use the database [^\n]*\.\n$/)
  })

  test('a port that is taken', async () => {
    const other = createServer()
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    const port = portOf(other)
    const { code, stderr } = await serve({
      DATABASE_URL: database.url,
      PORT: String(port),
      PLANT_SEEDS: 'off',
    })
    other.close()
    expect([code, stderr]).toEqual([
      1,
      `Port ${port} is in use by another program. Stop it, or choose another port, e.g. PORT=${port + 1}.\n`,
    ])
  })

  test('a host that is not this machine', async () => {
    const { code, stderr } = await serve({
      DATABASE_URL: database.url,
      HOST: '192.0.2.1',
      PLANT_SEEDS: 'off',
    })
    expect(code).toBe(1)
    expect(stderr).toMatch(/^HOST is "192\.0\.2\.1", which is not an address of this machine\. .*\n$/)
  })

  test('a Node that is too old for the sources', async () => {
    const older =
      'Object.defineProperty(process, "versions", { value: { ...process.versions, node: "20.20.2" } })'
    const { code, stderr } = await runCli([], {
      cwd,
      execArgv: ['--import', `data:text/javascript,${older}`],
    })
    expect(code).toBe(1)
    expect(stderr).toBe(
      'daily-papers needs Node 22.18 or newer, and this is Node 20.20.2. Run npm ci (without --ignore-scripts), ' +
        'which brings one along, and start it with npm start; or install a newer Node.\n',
    )
  })

  test('--debug shows where it happened', async () => {
    const { code, stderr } = await serve({ PORT: 'http' }, ['serve', '--debug'])
    expect(code).toBe(1)
    expect(stderr).toMatch(/ConfigError: PORT is "http".*\n\s+at /)
  })
})

test('schema prints what is checked in', async () => {
  const { code, stdout, stderr } = await runCli(['schema'], { cwd })
  expect([code, stderr]).toEqual([0, ''])
  expect(stdout).toBe(readFileSync(new URL('../../schema/schema.graphql', import.meta.url), 'utf8'))
})

test('migrate says what it ran, and then that nothing is left to run', async () => {
  const { code, stdout } = await runCli(['migrate'], { cwd, env: { DATABASE_URL: database.url } })
  expect(code).toBe(0)
  expect(stdout).toMatch(/: already at the latest schema\.\n$/)
})

function portOf(server: ReturnType<typeof createServer>): number {
  const address = server.address()
  if (typeof address !== 'object' || !address) throw new Error('The server has no port.')
  return address.port
}
