import { Command } from 'commander'
import { beginTerm } from '../../db/feed/log.ts'
import { openStore } from '../store.ts'
import { printable } from '../terminal.ts'
import type { CommandContext } from './context.ts'

export function newHistoryCommand(context: () => CommandContext): Command {
  return new Command('new-history')
    .description('begin a new history of the feed, in a copy of a database')
    .addHelpText(
      'after',
      `
Run it once in a copy of the files, the disk or the machine of a database, before anything is written to the copy.
Cursors of the copy and of its origin then lead to the last event that both have. A database restored from a dump,
copied by Postgres or promoted by a failover does this by itself.`,
    )
    .action(async () => {
      const { config, log } = context()
      const store = await openStore(config, log, { share: true })
      try {
        const last = await beginTerm(store.db)
        console.log(printable(`${store.description}: a new history begins after event ${last}.`))
      } finally {
        await store.close()
      }
    })
}
