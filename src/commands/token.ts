import { Command, InvalidArgumentError, Option } from 'commander'
import { type AccessRole, type AccessTokenRow, accessRoles } from '../../db/access-tables.ts'
import { allAccessTokens, createAccessToken, revokeAccessToken } from '../../db/access-tokens.ts'
import type { Db } from '../../db/database.ts'
import { expiryOf, hashOfToken, newAccessToken } from '../access-token.ts'
import { StartError } from '../faults.ts'
import { openStore } from '../store.ts'
import { printableJson } from '../terminal.ts'
import type { CommandContext } from './context.ts'
import { asColumns, minuteOf } from './table.ts'

interface CreateOptions {
  readonly name: string
  readonly role: AccessRole
  readonly expires?: Date
}

export function tokenCommand(context: () => CommandContext): Command {
  const within = async (work: (db: Db) => Promise<void>): Promise<void> => {
    const { config, log } = context()
    const store = await openStore(config, log, { share: true })
    try {
      await work(store.db)
    } finally {
      await store.close()
    }
  }
  return new Command('token')
    .description('create, list and revoke the tokens of clients')
    .addHelpText('after', roleHelp)
    .addCommand(
      new Command('create')
        .exitOverride()
        .description('create a token and print it; it is stored nowhere and cannot be shown again')
        .requiredOption('--name <name>', 'what it is for: letters, digits, ".", "_" and "-"', tokenName)
        .addOption(new Option('--role <role>', 'what it allows').choices(accessRoles).makeOptionMandatory())
        .option(
          '--expires <when>',
          'a time from now, such as 90d, or an instant, such as 2027-01-31T00:00:00Z (default: never)',
          expiry,
        )
        .action((options: CreateOptions) => within((db) => create(db, options))),
    )
    .addCommand(
      new Command('list')
        .exitOverride()
        .description('list the tokens, without the tokens themselves')
        .option('--json', 'print one JSON object per line')
        .action(({ json }: { json?: boolean }) =>
          within(async (db) => {
            const rows = await allAccessTokens(db)
            console.log(json ? rows.map(asJson).join('\n') : asTable(rows, new Date()))
          }),
        ),
    )
    .addCommand(
      new Command('revoke')
        .exitOverride()
        .argument('<name>', 'the name of the token')
        .description('revoke a token: it stops working within 30 seconds, and its subscriptions end')
        .action((name: string) =>
          within(async (db) => {
            if (!(await revokeAccessToken(db, name)))
              throw new StartError(
                `No token in use has the name ${JSON.stringify(name)}. "daily-papers token list" shows all.`,
              )
            console.log(`The token ${name} is revoked. Servers refuse it within 30 seconds.`)
          }),
        ),
    )
}

const roleHelp = `
Roles:
  read     read and subscribe, where the server requires a token for that (REQUIRE_READ_TOKEN)
  gateway  the same, and name the clients for which it asks, so that limits count each by itself
  ingest   the same, and the mutation ingestPapers
  admin    everything

To replace a token without a gap, create another one, hand it out, and revoke the first.`

async function create(db: Db, { name, role, expires }: CreateOptions): Promise<void> {
  const token = newAccessToken()
  const row = await createAccessToken(db, {
    name,
    role,
    hash: hashOfToken(token),
    expiresAt: expires ?? null,
  })
  if (!row)
    throw new StartError(`A token with the name "${name}" is in use. Revoke it, or choose another name.`)
  // Alone on standard output, so that a script can keep it.
  console.error(
    `Token ${name}: role ${role}, ${row.expires_at ? `expires at ${row.expires_at.toISOString()}` : 'never expires'}. Keep it now; it cannot be shown again.`,
  )
  console.log(token)
}

function asJson({ name, role, created_at, expires_at, revoked_at, last_used_at }: AccessTokenRow): string {
  return printableJson({
    ...{ name, role, createdAt: created_at, expiresAt: expires_at },
    ...{ revokedAt: revoked_at, lastUsedAt: last_used_at },
  })
}

function asTable(rows: readonly AccessTokenRow[], now: Date): string {
  if (rows.length === 0) return 'There are no tokens.'
  return asColumns([
    ['NAME', 'ROLE', 'STATE', 'CREATED', 'EXPIRES', 'LAST USED'],
    ...rows.map((row) => [
      ...[row.name, row.role, stateOf(row, now), minuteOf(row.created_at)],
      ...[
        row.expires_at ? minuteOf(row.expires_at) : 'never',
        row.last_used_at ? minuteOf(row.last_used_at) : '-',
      ],
    ]),
  ])
}

function stateOf({ revoked_at, expires_at }: AccessTokenRow, now: Date): string {
  if (revoked_at) return 'revoked'
  return expires_at && expires_at <= now ? 'expired' : 'active'
}

function tokenName(text: string): string {
  if (/^[\w.-]{1,64}$/.test(text)) return text
  throw new InvalidArgumentError('Use 1 to 64 letters, digits, ".", "_" and "-".')
}

function expiry(text: string): Date {
  const at = expiryOf(text, new Date())
  if (at) return at
  throw new InvalidArgumentError(
    'Pass a time from now, such as 90d, or an instant in the future, such as 2027-01-31T00:00:00Z.',
  )
}
