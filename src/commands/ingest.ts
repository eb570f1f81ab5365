import { Command, Option } from 'commander'
import { papersArxivLacks } from '../../db/papers.ts'
import { readArxiv } from '../ingest/arxiv.ts'
import { SourceError } from '../ingest/errors.ts'
import { findFiles, readFiles } from '../ingest/files.ts'
import { days, type EditionQuery, readEditions } from '../ingest/huggingface.ts'
import { readPapersAlone } from '../ingest/papers-alone.ts'
import { observationTime } from '../ingest/sources/options.ts'
import { parseDay } from '../ingest/sources/time.ts'
import { arxivClient, huggingFaceClient } from '../ingest/upstreams.ts'
import { printableLine } from '../terminal.ts'
import type { CommandContext } from './context.ts'
import { type RunOptions, runIngest, type Task } from './ingest-run.ts'

export function ingestCommand(context: () => CommandContext): Command {
  return withRunOptions(new Command('ingest'))
    .description('ingest papers from files, from Hugging Face or from arXiv')
    .argument('[paths...]', 'saved pages and API responses: files, folders, or - for standard input')
    .option('--observed-at <instant>', 'when the files were received, if they do not say', observationTime)
    .action(async (paths: string[], options: RunOptions & { observedAt?: string }, command: Command) => {
      if (paths.length === 0)
        command.error('Specify what to ingest: files, folders, -, huggingface or arxiv.')
      const { files, skipped } = await findFiles(paths)
      if (skipped.length > 0 && !options.quiet) console.error(printableLine(skippedLine(skipped)))
      await runIngest(context(), options, () => ({
        total: files.every((file) => file.size !== undefined)
          ? files.reduce((sum, { size = 0 }) => sum + size, 0)
          : undefined,
        readings: ({ signal, progress, onFault }) =>
          readFiles(files, { observedAt: options.observedAt, signal, onBytes: progress.advance, onFault }),
      }))
    })
    .addCommand(huggingFaceCommand(context))
    .addCommand(arxivCommand(context))
    .addHelpText('after', '\nExit codes: 0 success, 1 failure, 2 some records were rejected.')
}

function huggingFaceCommand(context: () => CommandContext): Command {
  return withRunOptions(new Command('huggingface').exitOverride())
    .description('read editions of Daily Papers from the Hugging Face API')
    .addOption(new Option('--date <day>', 'one edition, e.g. 2026-06-16').argParser(dayOption))
    .addOption(new Option('--from <day>', 'the first edition of a range').argParser(dayOption))
    .addOption(
      new Option('--to <day>', 'the last edition of the range (default: today in UTC)').argParser(dayOption),
    )
    .addOption(
      new Option('--week <week>', 'the editions of an ISO week, e.g. 2026-W25').argParser(weekOption),
    )
    .addOption(new Option('--month <month>', 'the editions of a month, e.g. 2026-06').argParser(monthOption))
    .option('--details', 'also read each paper by itself: linked models, datasets and Spaces, comments')
    .action(async (_own: unknown, command: Command) => {
      const options = command.optsWithGlobals<RunOptions & Times & { details?: true }>()
      const queries = queriesOf(options, command)
      await runIngest(
        context(),
        options,
        (): Task => ({
          total: queries.length,
          async *readings({ signal, progress }) {
            const { upstreams } = context().config
            const client = huggingFaceClient(upstreams, { onWait: progress.line })
            yield { source: 'huggingface', readings: eachEdition() }
            async function* eachEdition() {
              for (const query of queries) {
                for await (const reading of readEditions([query], { client, signal })) {
                  yield reading
                  if (options.details) yield* readPapersAlone(reading.records, client, signal)
                }
                progress.advance(1)
              }
            }
          },
        }),
      )
    })
}

function arxivCommand(context: () => CommandContext): Command {
  return withRunOptions(new Command('arxiv').exitOverride())
    .description('complete papers from the arXiv API: 100 papers per request, one request per 3 seconds')
    .requiredOption('--missing', 'papers without metadata from arXiv, the newest first')
    .addOption(
      new Option('--limit <papers>', 'at most this many papers').argParser(countOption).default(10_000),
    )
    .action(async (_own: unknown, command: Command) => {
      const options = command.optsWithGlobals<RunOptions & { limit: number }>()
      await runIngest(context(), options, async (db): Promise<Task> => {
        const ids = await papersArxivLacks(db, options.limit)
        return {
          total: ids.length,
          async *readings({ config, signal, progress }) {
            const client = arxivClient(config.upstreams, { onWait: progress.line })
            yield { source: 'arxiv', readings: readArxiv(ids, { client, signal, onAsked: progress.advance }) }
          },
        }
      })
    })
}

interface Times {
  date?: string
  from?: string
  to?: string
  week?: string
  month?: string
}

function queriesOf({ date, from, to, week, month }: Times, command: Command): EditionQuery[] {
  const given = [date, from, week, month].filter((value) => value !== undefined)
  if (given.length !== 1 || (to !== undefined && from === undefined)) {
    command.error(
      'Specify the editions with exactly one of --date, --from (with or without --to), --week and --month.',
    )
  }
  if (date !== undefined) return [{ date }]
  if (week !== undefined) return [{ week }]
  if (month !== undefined) return [{ month }]
  const last = to ?? new Date().toISOString().slice(0, 10)
  if (from === undefined || from > last) command.error(`--from must not be after --to (${last}).`)
  return [...days(from, last)]
}

function withRunOptions(command: Command): Command {
  return command
    .option('--json', 'print the summary as one JSON object')
    .option('--dry-run', 'read, check and compare everything, but store nothing')
    .option('--quiet', 'do not show progress')
}

const dayOption = (text: string) =>
  parseDay(text) ?? refuse(`${text} is not a valid date; expected e.g. 2026-06-16.`)
const weekOption = (text: string) =>
  /^\d{4}-W(0[1-9]|[1-4]\d|5[0-3])$/.test(text)
    ? text
    : refuse(`${text} is not a week; expected e.g. 2026-W25.`)
const monthOption = (text: string) =>
  /^\d{4}-(0[1-9]|1[0-2])$/.test(text) ? text : refuse(`${text} is not a month; expected e.g. 2026-06.`)
const countOption = (text: string) =>
  /^[1-9]\d{0,6}$/.test(text) ? Number(text) : refuse(`${text} is not a whole number from 1 to 9999999.`)

function refuse(message: string): never {
  throw new SourceError(message)
}

function skippedLine(skipped: readonly string[]): string {
  const shown = skipped.slice(0, 3).join(', ')
  const more = skipped.length > 3 ? ` and ${skipped.length - 3} more` : ''
  return `Skipped, unknown file type: ${shown}${more}.`
}
