import { createHash } from 'node:crypto'
import { lstatSync, mkdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { EmbeddedDatabaseError } from './error.ts'
import { removeSocketFiles } from './leftovers.ts'
import type { ServerUser } from './privileges.ts'

/** The path of a unix socket has a fixed room: 108 bytes on Linux, 104 on macOS, both with a final zero. */
const longestPath = 103

/** The folder of the server's socket. Only the server's user can enter it, so no password is needed. */
export interface SocketFolder {
  readonly path: string
  remove(): void
}

/** The data directory itself, or a private folder with a short name if that path is too long for a socket. */
export function socketFolder(dataDir: string, user: ServerUser): SocketFolder {
  if (fits(dataDir)) {
    removeSocketFiles(dataDir)
    return { path: dataDir, remove() {} }
  }
  const name = `pg-${createHash('sha256').update(dataDir).digest('hex').slice(0, 12)}`
  const path = [tmpdir(), '/tmp'].map((folder) => join(folder, name)).find(fits) ?? join('/tmp', name)
  mkdirSync(path, { recursive: true, mode: 0o700 })
  // Anyone can make folders in a temp directory: this one must be ours alone.
  const stats = lstatSync(path)
  const ours = stats.uid === process.getuid?.() || stats.uid === user.owner
  if (!stats.isDirectory() || (stats.mode & 0o077) !== 0 || !ours) {
    throw new EmbeddedDatabaseError(
      `${path}, the folder for the socket of ${dataDir}, is not a private folder of this user. ` +
        'Remove it, or set DATA_DIR to a shorter path.',
    )
  }
  user.give(path)
  removeSocketFiles(path)
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}

function fits(folder: string): boolean {
  return Buffer.byteLength(join(folder, '.s.PGSQL.5432.lock')) <= longestPath
}
