import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { accessSync, constants, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { styleText } from 'node:util'
import { Command, InvalidArgumentError, Option } from 'commander'
import { codeOf, messageOf } from '../../db/error.ts'
import { FollowError, type FollowedEvent, followFeed } from '../client/follow.ts'
import { StartError } from '../faults.ts'
import { printableJson, printableLine } from '../terminal.ts'
import type { CommandContext } from './context.ts'

interface Options {
  readonly url?: string
  readonly after?: string
  readonly filter?: Record<string, unknown>
  readonly text?: string
  readonly keyword?: string[]
  readonly author?: string[]
  readonly all?: boolean
  readonly json?: boolean
  readonly state?: string
  readonly exec?: string
}

export function followCommand(context: () => CommandContext): Command {
  return new Command('follow')
    .description('print new papers of a running server as they arrive, and reconnect after failures')
    .option('--url <url>', 'the GraphQL endpoint (default: http://localhost:<PORT>/graphql)', webAddress)
    .option('--after <cursor>', 'begin after this cursor, or at START')
    .option('--text <words>', 'only papers that match this search text')
    .option('--keyword <keyword...>', 'only papers with one of these keywords')
    .option('--author <name...>', 'only papers by one of these authors')
    .addOption(
      new Option(
        '--filter <json>',
        'only papers that match this PaperFilter, e.g. \'{"minUpvotes": 10}\'',
      ).argParser(jsonObject),
    )
    .option('--all', 'include updates, listings and withdrawals')
    .option('--json', 'print one JSON object per line, with its cursor')
    .option('--state <file>', 'keep the cursor in a file, and continue from it after a restart')
    .option('--exec <command>', 'run a shell command for each event, with its JSON on standard input')
    .addHelpText('after', notes)
    .action(async (options: Options) => {
      const { http, accessToken } = context().config
      const { url = `http://localhost:${http.port}/graphql` } = options
      await follow(options, url, accessToken)
    })
}

async function follow(options: Options, url: string, token: string | undefined): Promise<void> {
  const stop = new AbortController()
  const interrupt = () => stop.abort()
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt)
  const kept = options.state === undefined ? undefined : readState(options.state)
  let cursor = kept ?? options.after
  let live = false
  const events = followFeed({
    url,
    token,
    signal: stop.signal,
    after: cursor,
    kinds: options.all ? undefined : ['INGESTED'],
    filter: filterOf(options),
    onLive() {
      if (!live) say(`Following ${url}. New papers appear here as they arrive; Ctrl-C stops it.`)
      live = true
    },
    onLost(reason, retryInMs) {
      live = false
      say(`${reason} Retrying in ${(retryInMs / 1000).toFixed(1)} s.`)
    },
    onGap: say,
    onCursor(reached) {
      if (options.state !== undefined && reached !== cursor) writeState(options.state, reached)
      cursor = reached
    },
  })
  try {
    for await (const event of events) {
      process.stdout.write(options.json ? `${printableJson(event)}\n` : shown(event))
      if (options.exec !== undefined) await runCommand(options.exec, event)
      if (options.state === undefined) cursor = event.cursor
    }
  } catch (error) {
    throw error instanceof FollowError ? new StartError(error.message, { cause: error }) : error
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt)
  }
  if (cursor !== undefined && options.state === undefined) say(`Continue from here with --after ${cursor}`)
}

const notes = `
A command that fails ends this program, and the file of --state stays before its event: start again to repeat it. So each
event is dealt with at least once, also after a crash.

  daily-papers follow --state seen.cursor --exec 'jq -r .paper.title | mail -s "New paper" me@example.org'`

/**
 * The cursor that an earlier run has kept; undefined for a file that is not there yet. What cannot be kept is told before
 * any command has run.
 */
function readState(file: string): string | undefined {
  try {
    accessSync(dirname(file), constants.W_OK)
  } catch (error) {
    throw new StartError(`Cannot keep the state in ${file}: ${messageOf(error)}.`)
  }
  try {
    return readFileSync(file, 'utf8').trim() || undefined
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw new StartError(`Cannot read the state ${file}: ${messageOf(error)}.`)
  }
}

/** Whole or not at all, whenever this process ends. */
function writeState(file: string, cursor: string): void {
  try {
    writeFileSync(`${file}.new`, `${cursor}\n`)
    renameSync(`${file}.new`, file)
  } catch (error) {
    throw new StartError(`Cannot keep the state in ${file}: ${messageOf(error)}.`)
  }
}

async function runCommand(command: string, event: FollowedEvent): Promise<void> {
  const child = spawn(command, { shell: true, stdio: ['pipe', 'inherit', 'inherit'] })
  // A command need not read what it gets.
  child.stdin.on('error', () => {}).end(`${JSON.stringify(event)}\n`)
  const [code, signal] = await once(child, 'close')
  if (code !== 0)
    throw new StartError(
      `The command of --exec failed (${signal ?? `exit code ${code}`}) at the cursor ${event.cursor}.`,
    )
}

function filterOf({ filter, text, keyword, author }: Options): Record<string, unknown> | undefined {
  const named = {
    ...(text && { text }),
    ...(keyword && { keywords: keyword }),
    ...(author && { authors: author }),
  }
  return filter || Object.keys(named).length > 0 ? { ...filter, ...named } : undefined
}

/** Standard output is for papers alone. */
function say(sentence: string): void {
  process.stderr.write(`${styleText('dim', printableLine(sentence), { stream: process.stderr })}\n`)
}

/** A server newer than this program may send other types. */
const words: Partial<Record<string, string>> = {
  PaperIngested: 'new',
  PaperUpdated: 'changed',
  PaperListed: 'listed',
  PaperWithdrawn: 'withdrawn',
}

function shown(event: FollowedEvent): string {
  const { paper, recordedAt, type, changes, editionDate } = event
  const style = (format: Parameters<typeof styleText>[0], text: string) =>
    styleText(format, printableLine(text), { stream: process.stdout })
  const named = paper.authors.nodes.map(({ name }) => name)
  const others = paper.authorCount - named.length
  const rest =
    others > 0 ? [named.length > 0 ? `${others} more` : `${others} author${others === 1 ? '' : 's'}`] : []
  const authors = [...named, ...rest].join(', ')
  const detail =
    type === 'PaperUpdated'
      ? `${changes?.map(({ field, before, after }) => `${field}: ${brief(before)} → ${brief(after)}`).join(', ')}`
      : type === 'PaperListed'
        ? `on the edition of ${editionDate}`
        : authors
  const head = `${style('dim', clock(recordedAt))} ${style('green', (words[type] ?? type).padEnd(9))} ${style('bold', paper.title)}`
  const below = [detail, paper.pageUrl]
    .filter(Boolean)
    .map((line) => `\n${' '.repeat(19)}${printableLine(String(line))}`)
  return `${head}${below.join('')}\n`
}

function brief(value: unknown): string {
  const text = JSON.stringify(value)
  return text.length > 40 ? `${text.slice(0, 40)}…` : text
}

function clock(instant: string): string {
  return new Date(instant).toTimeString().slice(0, 8)
}

function webAddress(text: string): string {
  if (/^https?:\/\//i.test(text) && URL.canParse(text)) return text
  throw new InvalidArgumentError('Pass an address like http://localhost:4000/graphql.')
}

function jsonObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    if (value && typeof value === 'object' && !Array.isArray(value)) return value as Record<string, unknown>
  } catch {}
  throw new InvalidArgumentError('Pass a PaperFilter as JSON, e.g. \'{"keywords": ["sparsity"]}\'.')
}
