import {
  existsSync,
  lchownSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { codeOf } from '../error.ts'
import type { Binaries } from './binaries.ts'
import { EmbeddedDatabaseError } from './error.ts'
import type { ServerUser } from './privileges.ts'

/** The superuser of a cluster made here. It sets the cluster up and can then not connect; see access.ts. */
export const superuser = 'postgres'

export interface ClusterOptions {
  readonly dataDir: string
  readonly binaries: Binaries
  readonly user: ServerUser
  /** Whether initdb waits until the new files are on disk. */
  readonly sync: boolean
}

/** Makes the cluster if there is none; answers whether it did. Refuses a directory that is something else. */
export async function ensureCluster(options: ClusterOptions): Promise<boolean> {
  const { dataDir, binaries, user } = options
  removeUnfinished(dataDir)
  const contents = contentsOf(dataDir, user)
  if (contents.length === 0) {
    await makeCluster(options)
    return true
  }
  if (!contents.includes('PG_VERSION')) {
    throw new EmbeddedDatabaseError(
      `${dataDir} is not empty and is not a Postgres data directory. ` +
        'Set DATA_DIR to another folder, or move its contents away.',
    )
  }
  refuseOtherVersion(dataDir, binaries)
  refuseForeign(dataDir, user)
  if (statSync(dataDir).uid !== user.owner) takeOver(dataDir, user.owner)
  return false
}

/** Refuses a data directory that another major version made. */
export function refuseOtherVersion(dataDir: string, binaries: Binaries): void {
  if (!existsSync(join(dataDir, 'PG_VERSION'))) return
  const made = Number(readFileSync(join(dataDir, 'PG_VERSION'), 'utf8'))
  if (made !== binaries.major) {
    throw new EmbeddedDatabaseError(
      `${dataDir} was created by Postgres ${made}; this is ${binaries.version}, which cannot read it. ` +
        'Dump it with the old version and load it into a new directory (DATA_DIR), move it away to start ' +
        `empty, or set EMBEDDED_PG_BIN to the folder of a Postgres ${made}.`,
    )
  }
}

function contentsOf(dataDir: string, user: ServerUser): string[] {
  try {
    return readdirSync(dataDir)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return []
    throw codeOf(error) === 'EACCES' ? ownedByAnother(dataDir, user) : error
  }
}

/** Refuses a data directory that belongs to another user than the server, and to no former one of it. */
export function refuseForeign(dataDir: string, user: ServerUser): void {
  if (!existsSync(join(dataDir, 'PG_VERSION'))) return
  const { uid } = statSync(dataDir)
  if (uid !== user.owner && uid !== user.formerOwner) throw ownedByAnother(dataDir, user)
}

/** Gives a data directory of a former user to its new one. Links in it are changed, not followed. */
function takeOver(dataDir: string, owner: number): void {
  for (const name of readdirSync(dataDir, { recursive: true, encoding: 'utf8' }))
    lchownSync(join(dataDir, name), owner, owner)
  lchownSync(dataDir, owner, owner)
}

function ownedByAnother(dataDir: string, { owner }: ServerUser): EmbeddedDatabaseError {
  return new EmbeddedDatabaseError(
    `${dataDir} belongs to uid ${statSync(dataDir).uid}, and Postgres would run as uid ${owner}: ` +
      `another user started the server before. Run: chown -R ${owner} ${dataDir}*`,
  )
}

/** Made beside its final place and renamed there, so that a kill in the middle leaves nothing half made. */
async function makeCluster({ dataDir, binaries, user, sync }: ClusterOptions): Promise<void> {
  // Never the same name twice: an initdb whose server was killed goes on writing for a while.
  const fresh = mkdtempSync(unfinishedPrefix(dataDir))
  try {
    const inside = user.prepare(fresh)
    const args = ['-D', inside, '-U', superuser, '-E', 'UTF8', '--auth-local=trust', '--auth-host=reject']
    if (!sync) args.push('--no-sync')
    const initdb = (flags: readonly string[]) =>
      run(user, join(binaries.bin, 'initdb'), [...args, ...flags], inside)
    const [preferred, others] = localeFlags(binaries.major)
    let { code, output } = await initdb(preferred)
    // A machine may lack the locale; initdb says so before it writes a file.
    if (code !== 0 && /locale/i.test(output)) ({ code, output } = await initdb(others))
    if (code !== 0) throw new EmbeddedDatabaseError(`initdb failed (${code}):\n${output.trim()}`)
    if (statSync(inside).uid !== user.owner) takeOver(inside, user.owner)
    renameSync(inside, dataDir) // replaces an empty folder, refuses a filled one
    rmSync(fresh, { recursive: true, force: true })
  } catch (error) {
    rmSync(fresh, { recursive: true, force: true })
    if (codeOf(error) === 'EBUSY' || codeOf(error) === 'EXDEV') {
      throw new EmbeddedDatabaseError(`${dataDir} is a mount point; set DATA_DIR to a folder inside it.`, {
        cause: error,
      })
    }
    throw error
  }
}

/**
 * Unicode letters and code-point order: as they are preferred, and what is left without the locales of the machine.
 * Letters beyond ASCII are letters for `pg_trgm` only if the character type is UTF-8.
 */
function localeFlags(major: number): readonly [preferred: readonly string[], others: readonly string[]] {
  const builtin = major >= 17 ? ['--locale-provider=builtin', '--builtin-locale=C.UTF-8'] : []
  const characters = process.platform === 'darwin' ? '--lc-ctype=UTF-8' : '--lc-ctype=C.UTF-8'
  return [
    [...builtin, '--locale=C', characters],
    [...builtin, '--locale=C'],
  ]
}

function unfinishedPrefix(dataDir: string): string {
  return `${dataDir}.init-`
}

function removeUnfinished(dataDir: string): void {
  const parent = dirname(dataDir)
  for (const name of readdirSync(parent)) {
    if (!name.startsWith(basename(unfinishedPrefix(dataDir)))) continue
    try {
      rmSync(join(parent, name), { recursive: true, force: true })
    } catch {
      // Still being written; a later start removes it.
    }
  }
}

function run(user: ServerUser, command: string, args: string[], cwd: string) {
  return new Promise<{ code: number | string; output: string }>((resolve) => {
    const child = user.spawnNamed(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        output += text
      })
    }
    child.once('error', ({ message }) => resolve({ code: 'not started', output: message }))
    child.once('close', (code, signal) => resolve({ code: code ?? signal ?? 'no code', output }))
  })
}
