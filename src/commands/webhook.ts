import { Command } from 'commander'
import type { Db } from '../../db/database.ts'
import { FeedCursorError } from '../../db/feed/cursor.ts'
import { positionOfCursor } from '../../db/feed/resolve-cursor.ts'
import type { WebhookRow } from '../../db/webhook-tables.ts'
import { allWebhooks, changeWebhook, webhookByName } from '../../db/webhooks/endpoints.ts'
import { noteAttempt } from '../../db/webhooks/record.ts'
import { systemClock } from '../clock.ts'
import type { Config } from '../config.ts'
import { StartError } from '../faults.ts'
import { openStore } from '../store.ts'
import { printableJson } from '../terminal.ts'
import { posterFor, webhookDoor } from '../webhooks/service.ts'
import type { CommandContext } from './context.ts'
import { asColumns, minuteOf } from './table.ts'

const mostListed = 100_000

export function webhookCommand(context: () => CommandContext): Command {
  const within = async (work: (db: Db, config: Config) => Promise<void>): Promise<void> => {
    const { config, log } = context()
    const store = await openStore(config, log, { share: true })
    try {
      await work(store.db, config)
    } finally {
      await store.close()
    }
  }
  return new Command('webhook')
    .description('list, test and rewind webhooks')
    .addHelpText('after', '\nThe mutation createWebhook creates them: schema/WEBHOOKS.md.')
    .addCommand(
      new Command('list')
        .exitOverride()
        .description('list the webhooks, without URLs and secrets')
        .option('--json', 'print one JSON object per line')
        .action(({ json }: { json?: boolean }) =>
          within(async (db) => {
            const rows = await allWebhooks(db, mostListed)
            console.log(json ? rows.map(asJson).join('\n') : asTable(rows))
          }),
        ),
    )
    .addCommand(
      new Command('test')
        .exitOverride()
        .argument('<name>', 'the name of the webhook')
        .description('send webhook.test to a webhook, and print the outcome')
        .action((name: string) => within((db, config) => test(db, config, name))),
    )
    .addCommand(
      new Command('rewind')
        .exitOverride()
        .argument('<name>', 'the name of the webhook')
        .requiredOption('--after <cursor>', 'the position to continue after: a cursor, START or NOW')
        .description('move a webhook to a position in the feed, to deliver events again or to skip some')
        .action((name: string, { after }: { after: string }) => within((db) => rewind(db, name, after))),
    )
}

async function test(db: Db, config: Config, name: string): Promise<void> {
  const row = await existing(db, name)
  const poster = posterFor(config)
  try {
    const { attempt } = await webhookDoor(config, poster, systemClock).probe(row, 'test')
    await noteAttempt(db, row.id, attempt)
    if (attempt.error !== null) throw new StartError(`${name}: ${attempt.error}`)
    console.log(`${name}: answered with the status ${attempt.status} in ${attempt.duration_ms} ms.`)
  } finally {
    poster.close()
  }
}

async function rewind(db: Db, name: string, after: string): Promise<void> {
  const row = await existing(db, name)
  const { cursor, number } = await positionOfCursor(db, after).catch((error) => {
    throw error instanceof FeedCursorError ? new StartError(error.message) : error
  })
  await changeWebhook(db, row.id, { cursor, position: number, delivered_cursor: cursor })
  console.log(`The webhook ${name} continues after event ${number}.`)
}

async function existing(db: Db, name: string): Promise<WebhookRow> {
  const row = await webhookByName(db, name)
  if (row) return row
  throw new StartError(
    `No webhook has the name ${JSON.stringify(name)}. "daily-papers webhook list" shows all.`,
  )
}

function asJson({ id, name, url, format, position, ...row }: WebhookRow): string {
  return printableJson({
    ...{ id, name, host: new URL(url).host, format, state: stateOf(row), position },
    ...{ delivered: row.deliveries, failures: row.failures, failingSince: row.failing_since },
    ...{ disabledAt: row.disabled_at, disabledReason: row.disabled_why },
  })
}

function asTable(rows: readonly WebhookRow[]): string {
  if (rows.length === 0) return 'There are no webhooks.'
  return asColumns([
    ['NAME', 'HOST', 'FORMAT', 'STATE', 'POSITION', 'DELIVERED', 'NEXT ATTEMPT'],
    ...rows.map((row) => [
      ...[row.name, new URL(row.url).host, row.format, stateOf(row), String(row.position)],
      ...[String(row.deliveries), stateOf(row) === 'failing' ? minuteOf(row.next_attempt_at) : '-'],
    ]),
  ])
}

function stateOf({ disabled_at, failing_since }: Pick<WebhookRow, 'disabled_at' | 'failing_since'>): string {
  return disabled_at ? 'disabled' : failing_since ? 'failing' : 'active'
}
