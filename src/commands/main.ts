import { Command, CommanderError } from 'commander'
import { EmbeddedDatabaseError } from '../../db/embedded/index.ts'
import { codeOf, messageOf } from '../../db/error.ts'
import packageJson from '../../package.json' with { type: 'json' }
import { ConfigError, misspeltSettings, readConfig } from '../config.ts'
import { isUnavailable, StartError } from '../faults.ts'
import { SourceError } from '../ingest/errors.ts'
import { createLogger, describe } from '../log.ts'
import { giveRoom } from '../room.ts'
import { printable, printableLine } from '../terminal.ts'
import type { CommandContext } from './context.ts'
import { serveCommand } from './serve.ts'

/**
 * The command line. Ends by setting the exit code: 0, or 1 with one sentence on standard error. A fault of the
 * operator's (a setting, a port, a database) is printed without its stack, unless `--debug` asks for it.
 */
export async function main(argv: readonly string[]): Promise<void> {
  const program = new Command('daily-papers')
    .description("Hugging Face's Daily Papers as a live GraphQL API.")
    .version(packageJson.version)
    .option('--debug', 'log more, with the stacks of errors (LOG_LEVEL=debug)')
    .helpCommand(false)
    .addHelpText('after', examples)
    .showHelpAfterError(seeHelp)
    .exitOverride()
    // The server does so itself, once it has started.
    .hook('preAction', (_program, command) => {
      if (command.name() !== 'serve') giveRoom()
    })
  const context = (): CommandContext => {
    const read = readConfig()
    const config = program.opts().debug ? { ...read, log: { ...read.log, level: 'debug' as const } } : read
    const log = createLogger(config.log)
    for (const fault of misspeltSettings()) log.warn(fault)
    return { config, log }
  }
  // The server starts without what the other commands load.
  const others = isServe(argv) ? [] : (await import('./others.ts')).otherCommands
  for (const command of [serveCommand, ...others]) {
    program.addCommand(command(context).exitOverride().showHelpAfterError(seeHelp))
  }
  // A reader that has seen enough (`schema | head`) is no fault.
  process.stdout.on('error', () => {})
  try {
    await program.parseAsync(withDefault(argv, program), { from: 'user' })
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode
      return
    }
    process.exitCode = 1
    console.error(printable(program.opts().debug ? describe(error) : sentence(error)))
  }
}

function isServe([, , first = 'serve']: readonly string[]): boolean {
  return first === 'serve'
}

/** Without a command, the program serves. */
function withDefault([, , ...given]: readonly string[], program: Command): string[] {
  const asks = given.some((word) => ['-h', '--help', '-V', '--version'].includes(word))
  const names = program.commands.map((command) => command.name())
  const command = given.some((word) => names.includes(word) || !word.startsWith('-'))
  return asks || command ? [...given] : ['serve', ...given]
}

function sentence(error: unknown): string {
  if (isMissingPackage(error))
    return `${messageOf(error)}. Run npm ci in the folder of daily-papers, then start it again.`
  const message = error instanceof Error ? error.message : String(error)
  if (codeOf(error) === 'EPIPE' && process.stdout.errored)
    return 'The program that reads the output has ended before all of it was written.'
  if (isLost(error))
    return `The connection to the database was lost (${message}). Check that Postgres runs, then start the program again.`
  // A sentence about input may hold the name of a file.
  const said = error instanceof SourceError ? printableLine(message) : message
  const expected = [ConfigError, StartError, SourceError, EmbeddedDatabaseError].some(
    (kind) => error instanceof kind,
  )
  return expected ? said : `Unexpected error: ${said}\nRun it again with --debug to see the stack.`
}

/** The database answered before, or the error would be a StartError with its address. */
function isLost(error: unknown): boolean {
  const { syscall } = error as { readonly syscall?: unknown }
  const isOfFile = syscall !== undefined && !['connect', 'read', 'write'].includes(String(syscall))
  return !isOfFile && !(error instanceof StartError) && isUnavailable(error)
}

/** Something is not installed that only this command needs. */
function isMissingPackage(error: unknown): boolean {
  return codeOf(error) === 'ERR_MODULE_NOT_FOUND' && /^Cannot find package/.test(messageOf(error))
}

const seeHelp = 'Run it with --help for usage.'

const examples = `
Settings are read from the environment and from the file .env in the current folder; src/OPERATIONS.md lists them.

Examples:
  daily-papers                                serve on http://localhost:4000/graphql
  PORT=8080 daily-papers serve                serve on another port
  daily-papers schema > schema.graphql        print the schema, e.g. for a code generator`
