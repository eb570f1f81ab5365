/** The embedded database cannot run here. The message says why and what to do about it. */
export class EmbeddedDatabaseError extends Error {
  override name = 'EmbeddedDatabaseError'
}

/** Another server has the data directory. */
export class DirectoryInUseError extends EmbeddedDatabaseError {
  override name = 'DirectoryInUseError'
  /** The server, e.g. `another server (process 4711)`. */
  readonly holder: string

  constructor(dataDir: string, pid: number | undefined) {
    const holder = `another server${pid === undefined ? '' : ` (process ${pid})`}`
    super(
      `The data directory ${dataDir} is in use by ${holder}. ` +
        'Stop that server, set DATA_DIR to another directory, or set DATABASE_URL.',
    )
    this.holder = holder
  }
}
