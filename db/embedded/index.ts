import { existsSync, lstatSync, mkdirSync, readlinkSync, realpathSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { codeOf, messageOf } from '../error.ts'
import { ensureDatabase, ensureOwner, ownerRole, writeAccess } from './access.ts'
import { type Binaries, findBinaries } from './binaries.ts'
import { EmbeddedDatabaseError } from './error.ts'
import { ensureCluster, refuseForeign, refuseOtherVersion, superuser } from './initdb.ts'
import { endLeftoverProcesses } from './leftovers.ts'
import { type DirectoryLock, lockDirectory } from './lock.ts'
import { refuseToStartEmpty } from './other-majors.ts'
import { serverUser } from './privileges.ts'
import { urlOf } from './running.ts'
import { type PostgresProcess, type ServerExit, type Settings, startServer } from './server.ts'
import { type SocketFolder, socketFolder } from './socket.ts'

export { DirectoryInUseError, EmbeddedDatabaseError } from './error.ts'
export type { ServerExit, Settings } from './server.ts'

/** Nothing here is read from the environment: the caller passes what it found there. */
export interface EmbeddedOptions {
  /** The data directory itself, named after its major version (`.data/pg18`). Made if missing. */
  readonly dataDir: string
  /** The database to connect to. Made if missing. */
  readonly database?: string
  /** EMBEDDED_PG_BIN: the folder of the `postgres` and `initdb` to use, and of no others. */
  readonly binDir?: string | undefined
  /** What `findBinaries` found before: each look at a folder starts a process. */
  readonly binaries?: Binaries
  /** EMBEDDED_PG_USER: as root, the user to run Postgres as. */
  readonly user?: string | undefined
  /** PATH: where else to look for an installed Postgres. */
  readonly path?: string | undefined
  /** False makes a first start quicker and its files unsafe against a power cut: for tests. */
  readonly sync?: boolean
  /** Work as the superuser, which can make other databases: for tests. Without it, nobody can connect as one. */
  readonly superuser?: boolean
  /** Further settings of Postgres, which win over the ones chosen here. */
  readonly settings?: Settings
  /** Told what a start has to make first, or had to clean up. */
  readonly log?: (line: string) => void
  /** Called when the process of Postgres has begun, some tenths of a second before it takes connections. */
  readonly onProcess?: (() => void) | undefined
}

/** A Postgres of our own that runs until `stop()` or until this process ends, however it ends. */
export interface EmbeddedDatabase extends AsyncDisposable {
  /** For `new pg.Pool(connection)`. Says `ssl: false`, as a PGSSLMODE meant for another server fails on a socket. */
  readonly connection: {
    readonly host: string
    readonly port: number
    readonly user: string
    readonly database: string
    readonly ssl: false
  }
  /** The same as a connection string, for pg and for psql. */
  readonly url: string
  /** The pid of the postmaster. */
  readonly pid: number
  readonly version: string
  readonly dataDir: string
  readonly logFile: string
  /** Whether this start made the data directory. */
  readonly firstStart: boolean
  /** Stops Postgres and lets go of the data directory. Close every pool first. */
  stop(): Promise<void>
  /** Settles when Postgres has ended. Before `stop()` was called that means it died: the log file says why. */
  readonly exited: Promise<ServerExit>
}

/**
 * Starts a real Postgres on a private unix socket, and its first cluster if there is none. One server per data
 * directory: a second one is refused, and what a killed one left is cleaned up. Fails with an
 * `EmbeddedDatabaseError` that says what to do.
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedDatabase> {
  if (process.platform === 'win32') {
    throw new EmbeddedDatabaseError(
      'The embedded database does not run on Windows: set DATABASE_URL to a Postgres server.',
    )
  }
  const { database = 'daily_papers', sync = true, settings = {}, log = () => {}, onProcess } = options
  const asSuperuser = options.superuser === true
  const binaries = options.binaries ?? findBinaries(options)
  const dataDir = place(options.dataDir)
  const user = serverUser({ user: options.user, bin: binaries.bin, parent: dirname(dataDir) })
  // Its lock file would be said to be another user's, which is the smaller half of it.
  if (process.getuid?.() === 0) {
    refuseOtherVersion(dataDir, binaries)
    refuseForeign(dataDir, user)
  }
  const lock = await lockDirectory(dataDir)
  const open: { socket?: SocketFolder; server?: PostgresProcess } = {}
  try {
    refuseToStartEmpty(dataDir, binaries.major)
    if (!existsSync(join(dataDir, 'PG_VERSION')))
      log(`Preparing the database in ${options.dataDir}: some seconds, only at the first start.`)
    const firstStart = await ensureCluster({ dataDir, binaries, user, sync })
    await endLeftoverProcesses(dataDir, log)
    open.socket = socketFolder(dataDir, user)
    const socketDir = open.socket.path
    const logFile = `${dataDir}.log`
    const hbaFile = writeAccess(dataDir, user, asSuperuser ? 'set up' : 'serve')
    const paths = { dataDir, socketDir, logFile, hbaFile }
    const server = await startServer({ ...paths, binaries, user, settings, onProcess })
    open.server = server
    const { pid, exited } = server
    const place = { host: socketDir, port: 5432, database, ssl: false } as const
    const connection = { ...place, user: asSuperuser ? superuser : ownerRole }
    await (asSuperuser ? ensureDatabase(place) : ensureOwner(place, dataDir, user, server))
    let stopping: Promise<void> | undefined
    const stop = () => {
      stopping ??= close(lock, open)
      return stopping
    }
    return {
      connection,
      url: urlOf(connection),
      pid,
      version: binaries.version,
      dataDir,
      logFile,
      firstStart,
      stop,
      exited,
      [Symbol.asyncDispose]: stop,
    }
  } catch (error) {
    await close(lock, open)
    throw error
  }
}

async function close(
  lock: DirectoryLock,
  open: { socket?: SocketFolder; server?: PostgresProcess },
): Promise<void> {
  await open.server?.stop()
  open.socket?.remove()
  lock.release()
}

/** The directory under its one true name, so that two names for it meet at the same lock. */
function place(wanted: string): string {
  const path = resolve(wanted)
  try {
    mkdirSync(dirname(path), { recursive: true })
    return realpathSync(path)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') {
      const link = lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink()
      return link
        ? place(resolve(dirname(path), readlinkSync(path)))
        : join(realpathSync(dirname(path)), basename(path))
    }
    throw new EmbeddedDatabaseError(
      `Cannot create the data directory ${path} (${messageOf(error)}). ` +
        'Set DATA_DIR to a writable folder, or set DATABASE_URL.',
      { cause: error },
    )
  }
}
