import { lstatSync, readFileSync, rmSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { messageOf } from '../error.ts'
import { DirectoryInUseError, EmbeddedDatabaseError } from './error.ts'
import { ensureFile, writeOwn } from './files.ts'

const sqliteBusy = 5

/** Holds a data directory for this process. The system releases it when the process ends, however it ends. */
export interface DirectoryLock {
  release(): void
}

/**
 * Takes the data directory for this process, or says which one has it. The lock is SQLite's own file lock: the
 * one exclusive lock of the kernel that Node offers without a native package. A pid file alone would have to
 * guess whether its process still lives.
 *
 * Waits a little, because the holder may be a server that is just leaving.
 */
export async function lockDirectory(dataDir: string, patienceMs = 2_000): Promise<DirectoryLock> {
  const deadline = Date.now() + patienceMs
  for (;;) {
    const lock = tryLock(dataDir)
    if (lock) return lock
    if (Date.now() >= deadline) break
    await sleep(50)
  }
  throw new DirectoryInUseError(dataDir, holderOf(dataDir))
}

function tryLock(dataDir: string): DirectoryLock | undefined {
  const file = `${dataDir}.lock`
  const pidFile = `${dataDir}.lock.pid`
  let handle: DatabaseSync | undefined
  try {
    const inode = ensureFile(file)
    handle = new (sqlite().DatabaseSync)(file)
    handle.exec('pragma journal_mode = memory; begin exclusive') // one file less beside the data
    if (lstatSync(file).ino !== inode) throw new Error('it was replaced in this moment')
    writeOwn(pidFile, `${process.pid}\n`)
  } catch (error) {
    handle?.close()
    if (error instanceof Error && 'errcode' in error && error.errcode === sqliteBusy) return undefined
    throw new EmbeddedDatabaseError(
      `Cannot lock ${file} (${messageOf(error)}). This user needs write access to the file and its folder: ` +
        'if another user started the server before, chown both, or set DATA_DIR to another directory.',
      { cause: error },
    )
  }
  const held = handle
  return {
    release() {
      if (!held.isOpen) return
      rmSync(pidFile, { force: true })
      held.close()
    },
  }
}

function holderOf(dataDir: string): number | undefined {
  try {
    return Number.parseInt(readFileSync(`${dataDir}.lock.pid`, 'utf8'), 10)
  } catch {
    return undefined
  }
}

/** Node 22 prints a warning when SQLite is first loaded, which would be the first line a new user sees. */
function sqlite(): typeof import('node:sqlite') {
  const emitWarning = process.emitWarning
  process.emitWarning = (warning: string | Error, ...rest: unknown[]) => {
    if (rest[0] === 'ExperimentalWarning' && String(warning).startsWith('SQLite')) return
    Reflect.apply(emitWarning, process, [warning, ...rest])
  }
  try {
    return process.getBuiltinModule('node:sqlite')
  } finally {
    process.emitWarning = emitWarning
  }
}
