import { digestCommand } from './digest.ts'
import { dumpCommand } from './dump.ts'
import { followCommand } from './follow.ts'
import { ingestCommand } from './ingest.ts'
import { migrateCommand } from './migrate.ts'
import { newHistoryCommand } from './new-history.ts'
import { restoreCommand } from './restore.ts'
import { schemaCommand } from './schema.ts'
import { tokenCommand } from './token.ts'
import { webhookCommand } from './webhook.ts'

/** All commands but `serve`, as the help lists them. */
export const otherCommands = [
  ingestCommand,
  followCommand,
  migrateCommand,
  newHistoryCommand,
  dumpCommand,
  restoreCommand,
  schemaCommand,
  tokenCommand,
  digestCommand,
  webhookCommand,
]
