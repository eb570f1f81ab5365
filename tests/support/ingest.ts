import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startCli } from './cli.ts'
import { createTestDatabase, type TestDatabase } from './database.ts'
import { runMain } from './main.ts'
import { startUpstream, type Upstream } from './upstream.ts'

/** The command `ingest` in a folder of its own, with an empty database and an upstream. */
export interface IngestCommand extends AsyncDisposable {
  readonly folder: string
  readonly database: TestDatabase
  readonly upstream: Upstream
  /** Runs it to its end in this process. */
  run(args: readonly string[], input?: string | Uint8Array): ReturnType<typeof runMain>
  /** Starts it as a process of its own. */
  start(args: readonly string[], input?: string | Uint8Array): ReturnType<typeof startCli>
  /** Runs it with `--json` and gives the summary, the exit code and standard error. */
  // biome-ignore lint/suspicious/noExplicitAny: the tests look into it.
  summary(args: readonly string[], input?: string | Uint8Array): Promise<any>
  /** How many papers are stored. */
  papers(): Promise<number>
  /** Writes a file into the folder and returns its name. */
  file(name: string, content: string | Uint8Array): string
}

export async function ingestCommand(): Promise<IngestCommand> {
  const folder = mkdtempSync(join(tmpdir(), 'daily-papers-ingest-'))
  const upstream = await startUpstream()
  const database = await createTestDatabase()
  const env = { DATABASE_URL: database.url, HUGGINGFACE_URL: upstream.url, ARXIV_URL: upstream.url }
  const run = (args: readonly string[], input?: string | Uint8Array) =>
    runMain(['ingest', ...args], { cwd: folder, env, ...(input !== undefined && { input }) })
  return {
    folder,
    database,
    upstream,
    run,
    start: (args, input) =>
      startCli(['ingest', ...args], { cwd: folder, env, ...(input !== undefined && { input }) }),
    async summary(args, input) {
      const { code, stdout, stderr } = await run([...args, '--json'], input)
      return { code, stderr, ...JSON.parse(stdout) }
    },
    async papers() {
      const { count } = await database.database.db
        .selectFrom('paper')
        .select((eb) => eb.fn.countAll<number>().as('count'))
        .executeTakeFirstOrThrow()
      return count
    },
    file(name, content) {
      writeFileSync(join(folder, name), content)
      return name
    },
    async [Symbol.asyncDispose]() {
      await upstream[Symbol.asyncDispose]()
      await database.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
