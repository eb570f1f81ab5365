import {
  chmodSync,
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  lstatSync,
  openSync,
  rmSync,
  type Stats,
  writeSync,
} from 'node:fs'
import { codeOf, messageOf } from '../error.ts'
import { EmbeddedDatabaseError } from './error.ts'

/**
 * Files beside the data directory, which only their owner may open. A link, or another thing that is no file, is refused:
 * whoever may write to the folder could have put it there to have another file written.
 */

const openToOthers = 0o077

/** Opens a file for appending, made if it is missing. `owners` are uids besides that of this process. */
export function openToAppend(path: string, owners: readonly number[]): number {
  const { O_RDWR, O_CREAT, O_APPEND, O_NOFOLLOW, O_NONBLOCK } = constants
  let fd: number
  try {
    fd = openSync(path, O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW | O_NONBLOCK, 0o600)
  } catch (error) {
    const stats = lstatSync(path, { throwIfNoEntry: false })
    if (stats) check(path, stats, owners)
    throw error
  }
  try {
    const stats = fstatSync(fd)
    check(path, stats, owners)
    if ((stats.mode & openToOthers) !== 0) fchmodSync(fd, 0o600)
    return fd
  } catch (error) {
    closeSync(fd)
    throw error
  }
}

/**
 * Makes a file if it is missing, and answers its inode. One that is there is looked at and not opened: closing it would
 * end the locks that this process holds on it.
 */
export function ensureFile(path: string): number {
  try {
    closeSync(openSync(path, 'wx', 0o600))
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error
  }
  const stats = lstatSync(path)
  check(path, stats, [])
  // Whoever may open the file may hold a lock on it, even if for reading only.
  if ((stats.mode & openToOthers) !== 0) chmodSync(path, 0o600)
  return stats.ino
}

/** Writes a file anew. What had the name is removed, and a link not followed. */
export function writeOwn(path: string, text: string): void {
  rmSync(path, { force: true })
  const fd = openSync(path, 'wx', 0o600)
  try {
    writeSync(fd, text)
  } catch (error) {
    throw new EmbeddedDatabaseError(`Cannot write ${path} (${messageOf(error)}).`, { cause: error })
  } finally {
    closeSync(fd)
  }
}

function check(path: string, stats: Stats, owners: readonly number[]): void {
  const own = process.getuid?.() ?? stats.uid
  const what = stats.isSymbolicLink()
    ? 'a symbolic link'
    : !stats.isFile()
      ? 'no regular file'
      : stats.nlink > 1
        ? 'a second name of another file'
        : stats.uid !== own && !owners.includes(stats.uid)
          ? `a file of uid ${stats.uid}`
          : undefined
  if (what === undefined) return
  throw new EmbeddedDatabaseError(
    `${path} is ${what}; the embedded database writes only to files that it owns. ` +
      'Remove it if you do not know it, and let nobody else write to its folder.',
  )
}
