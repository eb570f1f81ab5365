import { createWriteStream, existsSync } from 'node:fs'
import { rename, rm, stat } from 'node:fs/promises'
import { Command } from 'commander'
import { DumpError } from '../../db/dump/format.ts'
import { writeDump } from '../../db/dump/write.ts'
import { messageOf } from '../../db/error.ts'
import { StartError } from '../faults.ts'
import { openStore } from '../store.ts'
import { printable } from '../terminal.ts'
import type { CommandContext } from './context.ts'

export function dumpCommand(context: () => CommandContext): Command {
  return new Command('dump')
    .description('write the whole database into a file, while servers go on')
    .argument('<file>', 'a new file, e.g. papers.dump.gz; - for standard output')
    .addHelpText(
      'after',
      `
The file has everything: papers, the feed with its cursors, access tokens (as hashes), and the secrets of webhooks. Only
its owner can read it. The command restore reads it into any Postgres, the embedded one included.`,
    )
    .action((file: string) => dump(context(), file))
}

async function dump({ config, log }: CommandContext, file: string): Promise<void> {
  const isFile = file !== '-'
  if (isFile && existsSync(file)) throw new StartError(`${file} exists already. Name a new file.`)
  const store = await openStore(config, log, { share: true, dryRun: true })
  // Under its own name only when it is whole.
  const unfinished = `${file}.part`
  try {
    const output = isFile ? createWriteStream(unfinished, { mode: 0o600 }) : process.stdout
    const { papers, head } = await writeDump(store.openForLong(), output).catch((error) => {
      if (error instanceof DumpError) throw new StartError(error.message, { cause: error })
      throw isFileFault(error) ? new StartError(`Cannot write ${file}: ${messageOf(error)}.`) : error
    })
    if (isFile) await rename(unfinished, file)
    const size = isFile ? ` into ${file}, ${((await stat(file)).size / 1e6).toFixed(1)} MB` : ''
    console.error(printable(`Wrote ${papers} papers and the feed up to event ${head}${size}.`))
  } finally {
    if (isFile) await rm(unfinished, { force: true })
    await store.close()
  }
}

function isFileFault(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error && 'path' in error
}
