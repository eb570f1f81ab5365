import { Command } from 'commander'
import { learnAcronyms } from '../../db/writer/learn-acronyms.ts'
import { rebuildTerms } from '../../db/writer/rebuild-terms.ts'
import { openStore } from '../store.ts'
import { printable } from '../terminal.ts'
import type { CommandContext } from './context.ts'

export function migrateCommand(context: () => CommandContext): Command {
  return new Command('migrate')
    .description('migrate the database to the latest schema')
    .option('--dry-run', 'only say which migrations would run')
    .action(({ dryRun = false }: { dryRun?: boolean }) => migrate(context(), dryRun))
}

async function migrate({ config, log }: CommandContext, dryRun: boolean): Promise<void> {
  const store = await openStore(config, log, { share: true, dryRun })
  const names = store.migrated.map((name) => `\n  ${name}`).join('')
  const verb = dryRun ? 'would run' : 'ran'
  console.log(
    printable(`${store.description}: ${names ? `${verb}${names}` : 'already at the latest schema.'}`),
  )
  try {
    if (dryRun) return
    const papers = await rebuildTerms(store.db)
    if (papers > 0) console.log(`Made the search terms of ${papers} papers anew.`)
    const counted = await learnAcronyms(store.db)
    if (counted > 0) console.log(`Counted the acronyms of ${counted} papers.`)
  } finally {
    await store.close()
  }
}
