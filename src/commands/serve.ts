import { Command, Option } from 'commander'
import { StartError } from '../faults.ts'
import { printable } from '../terminal.ts'
import type { CommandContext } from './context.ts'

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
      // Loaded only now: the schema and all that serves it take longer than the other commands together.
      const { startApp } = await import('../app.ts')
      const { readyLine, welcome } = await import('./welcome.ts')
      const app = await startApp(config, log)
      const stopped = stopSignal()
      // One line that a program can read, or many for a person.
      console.log(config.log.format === 'json' ? await readyLine(app) : printable(await welcome(app, config)))
      const failure = await Promise.race([stopped, app.failed])
      if (!failure) log.info('Stopping: subscribers receive their cursor, running requests may finish.')
      // A second signal means that nobody wants to wait.
      void stopSignal().then(() => process.exit(130))
      await app.close()
      if (failure) throw failure
      log.info('Stopped.')
    })
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
