import { setTimeout as wait } from 'node:timers/promises'
import { Command, InvalidArgumentError, Option } from 'commander'
import { coerceInputValue, type GraphQLInputType } from 'graphql'
import type { Db } from '../../db/database.ts'
import { digestContent, rangeOfDay } from '../../db/digest/content.ts'
import { mailOutbox, readMailState } from '../../db/digest/deliveries.ts'
import { allReaders, type DigestReader } from '../../db/digest/readers.ts'
import { isDay } from '../../db/model/period.ts'
import { stateOfOutbox } from '../../db/outbox/claims.ts'
import { systemClock } from '../clock.ts'
import type { Config } from '../config.ts'
import { startDigest } from '../digest/digest.ts'
import { digestLetter, nothingToMail } from '../digest/digest-letter.ts'
import { filterOf } from '../digest/forms.ts'
import { StartError } from '../faults.ts'
import { localAddress } from '../http/public-address.ts'
import { openStore } from '../store.ts'
import { printable, printableJson } from '../terminal.ts'
import type { CommandContext } from './context.ts'

interface PreviewOptions {
  readonly day?: string
  readonly filter?: Record<string, unknown>
  readonly format: 'text' | 'html'
}

export function digestCommand(context: () => CommandContext): Command {
  const within = async (work: (db: Db, context: CommandContext) => Promise<void>): Promise<void> => {
    const given = context()
    const store = await openStore(given.config, given.log, { share: true })
    try {
      await work(store.db, given)
    } finally {
      await store.close()
    }
  }
  return new Command('digest')
    .description('look at the digest by mail, and send what is due')
    .addCommand(
      new Command('preview')
        .exitOverride()
        .description('print the digest of one day')
        .option('--day <date>', 'the edition, such as 2026-01-05 (default: today in UTC)', date)
        .option('--filter <json>', 'a PaperFilter, such as \'{"minUpvotes": 10}\'', filter)
        .addOption(new Option('--format <format>', 'what to print').choices(['text', 'html']).default('text'))
        .action(async (options: PreviewOptions) => {
          if (options.filter) await assertFilter(options.filter)
          await within(async (db, { config }) => {
            process.stdout.write(await preview(db, config, options))
          })
        }),
    )
    .addCommand(
      new Command('send-due')
        .exitOverride()
        .description('send the mails that are due, and end: for a server that runs now and then')
        .action(() => within(sendDue)),
    )
    .addCommand(
      new Command('list')
        .exitOverride()
        .description('list the readers, and count the mails')
        .option('--addresses', 'print whole addresses')
        .option('--json', 'print one JSON object per line')
        .action((options: { addresses?: boolean; json?: boolean }) =>
          within(async (db) => {
            const readers = await allReaders(db)
            const shown = options.addresses ? readers : readers.map(withoutAddress)
            for (const reader of shown) console.log(options.json ? printableJson(reader) : line(reader))
            if (!options.json) console.log(await counts(db))
          }),
        ),
    )
}

/** The schema, which few commands load, knows which filters there are. Throws a StartError for another one. */
async function assertFilter(given: Record<string, unknown>): Promise<void> {
  const { schema } = await import('../../schema/index.ts')
  coerceInputValue(given, schema.getType('PaperFilter') as GraphQLInputType, (_path, _value, error) => {
    throw new StartError(`--filter: ${error.message}`)
  })
}

async function preview(db: Db, config: Config, { day, filter, format }: PreviewOptions): Promise<string> {
  const now = new Date()
  const shown = day ?? now.toISOString().slice(0, 10)
  const content = await digestContent(db, await rangeOfDay(db, shown), filter ?? {}, now)
  if (content.papers.length === 0) throw new StartError(nothingToMail(shown))
  const publicUrl = publicUrlOf(config)
  const letter = digestLetter(content, shown, { publicUrl, manageUrl: `${publicUrl}/digest` })
  return format === 'html' ? String(letter.html) : printable(letter.text)
}

async function sendDue(db: Db, { config, log }: CommandContext): Promise<void> {
  const before = await readMailState(db)
  const digest = await startDigest({
    ...{ db, mail: config.mail, publicUrl: publicUrlOf(config), clock: systemClock, log },
  })
  await digest.scheduled
  try {
    while ((await stateOfOutbox(db, mailOutbox)).due > 0) await wait(200)
  } finally {
    await digest.close()
  }
  const after = await readMailState(db)
  const sent = after.sent - before.sent
  console.log(
    `Sent ${sent} ${sent === 1 ? 'mail' : 'mails'}; ${after.due} ${after.due === 1 ? 'waits' : 'wait'}.`,
  )
}

function publicUrlOf({ http }: Config): string {
  return (
    http.publicUrl ??
    localAddress(`http://${http.host.includes(':') ? `[${http.host}]` : http.host}:${http.port}`)
  )
}

type ShownReader = Pick<
  DigestReader,
  'address' | 'status' | 'cadence' | 'hour' | 'zone' | 'filter' | 'position'
>

/** `a…@example.org`: enough for an operator to recognize somebody who writes to them. */
function withoutAddress({ address, ...reader }: ShownReader): ShownReader {
  return { ...reader, address: `${address[0]}…${address.slice(address.lastIndexOf('@'))}` }
}

function line({ address, status, cadence, hour, zone, filter }: ShownReader): string {
  const wants = JSON.stringify(filter)
  return printable(
    `${status.padEnd(10)} ${cadence} at ${hour}:00 ${zone}  ${address}${wants === '{}' ? '' : `  ${wants}`}`,
  )
}

async function counts(db: Db): Promise<string> {
  const { active, pending, due, sent, failed } = await readMailState(db)
  return `${active} active, ${pending} not confirmed; mails: ${due} due, ${sent} sent and ${failed} failed in the last 90 days.`
}

function date(text: string): string {
  if (isDay(text)) return text
  throw new InvalidArgumentError('Pass a date, such as 2026-01-05.')
}

function filter(text: string): Record<string, unknown> {
  try {
    return filterOf(text)
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? error.message : String(error))
  }
}
