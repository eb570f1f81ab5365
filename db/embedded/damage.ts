/** What Postgres says of files that it cannot read or that do not fit together. */
const damage = [
  /pg_control|control file/,
  /checkpoint record|invalid (record|magic|resource manager|page)|WAL (file|segment)|pg_wal|requested timeline/,
  /database files are incompatible|not a valid data directory|invalid data in file/,
  /could not (open|read|access|find) (file|directory) "?(global|base|pg_xact|pg_multixact|pg_commit_ts|PG_VERSION)/,
  /database subdirectory .* is missing|could not read block|unexpected data beyond EOF|checksum/,
]

/** The end of a log without Postgres' advice to run initdb, which would lose all data. */
export function withoutBadAdvice(log: string): string {
  return log
    .split('\n')
    .filter((line) => !/initdb|pg_resetwal|backup_label/.test(line))
    .join('\n')
}

/** Why Postgres does not start or work, in a sentence with the next step; undefined if its log has to say it. */
export function explainLog(log: string, dataDir: string): string | undefined {
  const said = log.match(/(?:FATAL: |PANIC: |ERROR: |could not ).*/g) ?? []
  const full = said.find((line) => /No space left on device/.test(line))
  if (full !== undefined)
    return `The disk of ${dataDir} is full (${full}). Make room on it, then start again: nothing that was stored is lost.`
  const broken = said.find((line) => damage.some((pattern) => pattern.test(line)))
  return broken === undefined ? undefined : damaged(dataDir, broken)
}

export function damaged(dataDir: string, said: string): string {
  return (
    `The files of the embedded database in ${dataDir} are damaged (${said}). ` +
    `Stop everything that uses them and copy the folder as it is; then put a backup in its place. ` +
    `Without a backup, move the folder away to start empty, and ingest the papers again.`
  )
}
