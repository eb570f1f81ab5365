import { createReadStream } from 'node:fs'
import { Command } from 'commander'
import { DumpError } from '../../db/dump/format.ts'
import { restoreDump } from '../../db/dump/restore.ts'
import { codeOf, messageOf } from '../../db/error.ts'
import { StartError } from '../faults.ts'
import { openStore } from '../store.ts'
import { printable, printableLine } from '../terminal.ts'
import type { CommandContext } from './context.ts'

export function restoreCommand(context: () => CommandContext): Command {
  return new Command('restore')
    .description('read a dump into an empty database')
    .argument('<file>', 'a file that the command dump has written; - for standard input')
    .addHelpText(
      'after',
      `
The database that the settings name must have no papers. All of the dump is restored, or nothing. Clients go on with
their cursors up to the newest event of the dump; later cursors are refused, and say where to go on.

From the embedded database to another Postgres:
  daily-papers dump - | DATABASE_URL='postgresql://…' daily-papers restore -`,
    )
    .action((file: string) => restore(context(), file))
}

async function restore({ config, log }: CommandContext, file: string): Promise<void> {
  const store = await openStore(config, log, { share: true, dryRun: true })
  const name = file === '-' ? 'The input' : printableLine(file)
  try {
    const input = file === '-' ? process.stdin : createReadStream(file)
    const { header, migrated } = await restoreDump(store.openForLong(), input)
    const { papers, head, createdAt } = header
    const more = migrated.length > 0 ? ` Then migrated it: ${migrated.join(', ')}.` : ''
    console.log(
      printable(`Restored ${papers} papers and the feed up to event ${head}, as of ${createdAt}.${more}`),
    )
  } catch (error) {
    if (error instanceof DumpError) throw new StartError(`${name} ${error.message}`, { cause: error })
    if (['ENOENT', 'EACCES', 'EISDIR'].includes(codeOf(error) ?? '') && file !== '-')
      throw new StartError(`Cannot read ${name}: ${messageOf(error)}.`)
    throw error
  } finally {
    await store.close()
  }
}
