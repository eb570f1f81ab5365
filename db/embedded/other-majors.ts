import { existsSync, readdirSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { EmbeddedDatabaseError } from './error.ts'

/**
 * A data directory is named after its major version (`pg18`), so that a new version of Postgres would begin an empty
 * one beside the old data, as if all were lost. Refuses that; a directory that exists already was somebody's decision.
 */
export function refuseToStartEmpty(dataDir: string, major: number): void {
  if (existsSync(join(dataDir, 'PG_VERSION'))) return
  const [name, parent] = [basename(dataDir), dirname(dataDir)]
  if (name !== `pg${major}`) return
  const others = readdirSync(parent)
    .filter(
      (other) => /^pg\d+$/.test(other) && other !== name && existsSync(join(parent, other, 'PG_VERSION')),
    )
    .sort((a, b) => Number(b.slice(2)) - Number(a.slice(2)))
  const [newest] = others
  if (newest === undefined) return
  const other = newest.slice(2)
  throw new EmbeddedDatabaseError(
    `${join(parent, newest)} has the data of Postgres ${other}, which this Postgres ${major} cannot read: it would start empty. ` +
      `To use the data, set EMBEDDED_PG_BIN to the bin folder of a Postgres ${other}, or install the version of daily-papers that came with it. ` +
      `To move the data here, run "daily-papers dump papers.dump.gz" in that way, move ${join(parent, newest)} to another folder, and run "daily-papers restore papers.dump.gz". ` +
      `To start empty, move ${join(parent, newest)} to another folder.`,
  )
}
