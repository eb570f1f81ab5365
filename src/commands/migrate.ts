import { Command } from 'commander'
import { openStore } from '../store.ts'
import { printable } from '../terminal.ts'
import type { CommandContext } from './context.ts'

export function migrateCommand(context: () => CommandContext): Command {
  return new Command('migrate').description('migrate the database to the latest schema').action(async () => {
    const { config, log } = context()
    const store = await openStore(config, log, { share: true })
    await store.close()
    const ran = store.migrated.map((name) => `\n  ${name}`).join('')
    console.log(printable(`${store.description}: ${ran ? `ran${ran}` : 'already at the latest schema.'}`))
  })
}
