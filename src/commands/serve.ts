import { flushCompileCache } from 'node:module'
import { Command, Option } from 'commander'
import type { App, StartOptions } from '../app.ts'
import type { Config } from '../config.ts'
import { StartError } from '../faults.ts'
import type { OpenPort } from '../http/starting.ts'
import type { Logger } from '../log.ts'
import { giveRoom } from '../room.ts'
import { printable } from '../terminal.ts'
import { isWorker, leaveWorkers, startWorkers, stopOfWorker, tellServing } from '../workers.ts'
import type { CommandContext } from './context.ts'
import type { Ready } from './welcome.ts'

export function serveCommand(context: () => CommandContext): Command {
  return new Command('serve')
    .description(
      'start the server (the default command), with an embedded Postgres unless DATABASE_URL is set',
    )
    .addOption(
      new Option('--poll <source>', 'poll the newest editions of a source (overrides POLL)').choices([
        'huggingface',
      ]),
    )
    .addOption(new Option('--follow [source]').hideHelp())
    .action(async ({ poll, follow }: { poll?: 'huggingface'; follow?: string | true }) => {
      if (follow) throw new StartError('--follow is not an option of serve: use --poll huggingface.')
      const { config: settings, log } = context()
      const config = poll ? { ...settings, poll: { ...settings.poll, source: poll } } : settings
      if (isWorker) await serveAsWorker(config, log)
      else if (config.workers > 1) await serveByWorkers(config, log)
      else await serve(config, log)
    })
}

const stoppingSentence = 'Stopping: subscribers receive their cursor, running requests may finish.'
const keepCompiledAfterMs = 1_000
/** How much longer than requests may take the rest of a worker has to close. */
const closingMs = 20_000

async function serve(config: Config, log: Logger): Promise<void> {
  const port = await openPort(config)
  const app = await start(config, log, { port, ...(await beginDatabase(config, log)) })
  const stopped = stopSignal()
  await sayReady(app, config)
  const failure = await Promise.race([stopped, app.failed])
  if (!failure) log.info(stoppingSentence)
  // A second signal means that nobody wants to wait.
  void stopSignal().then(() => process.exit(130))
  await app.close()
  if (failure) throw failure
  log.info('Stopped.')
}

/**
 * Begins to open the database. Resolves when the process of an embedded one has begun: it becomes ready while this process
 * loads the rest of the program, in which it does nothing else.
 */
async function beginDatabase(config: Config, log: Logger): Promise<Pick<StartOptions, 'located'>> {
  const { locateDatabase } = await import('../locate-database.ts')
  const { promise: begun, resolve: onProcess } = Promise.withResolvers<void>()
  const located = locateDatabase({ config, log, onProcess })
  // Whoever waits for it throws its failure.
  await Promise.race([begun, located]).catch(() => {})
  return { located }
}

async function start(config: Config, log: Logger, given: StartOptions = {}): Promise<App> {
  // Loaded only now: the schema and all that serves it take longer than the other commands together.
  const { startApp } = await import('../app.ts').catch(async (error) => {
    given.port?.close()
    await (await given.located)?.close()
    throw error
  })
  const app = await startApp(config, log, given)
  giveRoom()
  app.started()
  // Not only at the end, which a server that is killed does not see; and not before the first answers.
  setTimeout(flushCompileCache, keepCompiledAfterMs).unref()
  return app
}

async function openPort({ http }: Config): Promise<OpenPort> {
  const starting = await import('../http/starting.ts')
  return starting.openPort(http)
}

/** One line that a program can read, or many for a person. */
async function sayReady(server: Ready, config: Config): Promise<void> {
  const { readyLine, welcome } = await import('./welcome.ts')
  console.log(
    config.log.format === 'json' ? await readyLine(server) : printable(await welcome(server, config)),
  )
}

async function serveAsWorker(config: Config, log: Logger): Promise<void> {
  try {
    const app = await start(config, log)
    const stopped = stopOfWorker()
    tellServing(app.url)
    const failure = await Promise.race([stopped, app.failed])
    await app.close()
    if (failure) throw failure
  } finally {
    leaveWorkers()
  }
}

/** This process has the embedded database, if there is one; the workers answer. */
async function serveByWorkers(config: Config, log: Logger): Promise<void> {
  const { openStore } = await import('../store.ts')
  const { gatherMetrics } = await import('../telemetry/worker-metrics.ts')
  gatherMetrics()
  // The first worker takes it over.
  const port = await openPort(config)
  const store = await openStore(config, log).finally(port.close)
  try {
    const env: Record<string, string> =
      config.database.url === undefined ? { DATABASE_URL: store.listenUrl } : {}
    const stopped = stopSignal()
    const workers = await startWorkers({ amount: config.workers, env, log })
    await sayReady({ url: workers.url, db: store.db, store }, config)
    const failure = await Promise.race([stopped, workers.failed, store.died])
    if (!failure) log.info(stoppingSentence)
    void stopSignal().then(async () => {
      await workers.close(0)
      process.exit(130)
    })
    await workers.close(config.shutdownMs + closingMs)
    if (failure) throw failure
  } finally {
    await store.close()
  }
  log.info('Stopped.')
}

/** Resolves at the first SIGINT or SIGTERM from now on. */
function stopSignal(): Promise<undefined> {
  const { promise, resolve } = Promise.withResolvers<undefined>()
  const signals = ['SIGINT', 'SIGTERM'] as const
  const stop = () => {
    for (const signal of signals) process.off(signal, stop)
    resolve(undefined)
  }
  for (const signal of signals) process.on(signal, stop)
  return promise
}
