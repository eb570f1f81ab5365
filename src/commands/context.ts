import type { Config } from '../config.ts'
import type { Logger } from '../log.ts'

/** What a command works with. Made when the command runs, so that `--help` needs no valid settings. */
export interface CommandContext {
  readonly config: Config
  readonly log: Logger
}
