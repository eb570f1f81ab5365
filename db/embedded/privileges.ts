import { type ChildProcess, type SpawnOptions, spawn, spawnSync } from 'node:child_process'
import { chownSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { EmbeddedDatabaseError } from './error.ts'

/** All the environment Postgres gets: the caller's PG* and LC_* variables must not change what is started. */
const serverEnvironment = { PATH: '/usr/local/bin:/usr/bin:/bin', TZ: 'UTC', LC_ALL: 'C' }

interface SystemUser {
  readonly name: string
  readonly uid: number
  readonly gid: number
}

/** The user that Postgres runs as, and how to become it. */
export interface ServerUser {
  /** The uid that must own the data directory, as this process sees it. */
  readonly owner: number
  /** Makes a file or folder of this process the server user's own. */
  give(path: string): void
  /** Starts a program as that user. */
  spawn(command: string, args: readonly string[], options: SpawnOptions): ChildProcess
}

export interface ServerUserOptions {
  /** As root: the user to drop to, instead of `postgres` or `nobody`. */
  readonly user?: string | undefined
  /** The Postgres binaries and the folder of the data directory: the user must be able to enter both. */
  readonly bin: string
  readonly parent: string
}

/**
 * Decides who Postgres runs as. It refuses to be root, so root drops to an unprivileged user; where that user
 * cannot enter the folders (a project under /root, a 0700 clone), Postgres stays root towards the files and is
 * somebody else only inside a user namespace. Creates no user.
 */
export function serverUser({ user, bin, parent }: ServerUserOptions): ServerUser {
  const own = process.getuid?.() ?? 0
  if (own !== 0) {
    const plain: ServerUser = {
      owner: own,
      give() {},
      spawn: (command, args, options) => spawn(command, args, { env: serverEnvironment, ...options }),
    }
    return plain
  }
  const target = systemUser(user)
  const barrier = barrierFor(target, parent) ?? barrierFor(target, bin)
  if (barrier === undefined) {
    const { uid, gid } = target
    return {
      owner: uid,
      give: (path) => chownSync(path, uid, gid),
      spawn: (command, args, options) =>
        spawn(command, args, { env: serverEnvironment, ...options, uid, gid }),
    }
  }
  const [unshare, ...flags] = [
    'unshare',
    '--user',
    `--map-user=${target.uid}`,
    `--map-group=${target.gid}`,
  ] as const
  const trial = spawnSync(unshare, [...flags, join(bin, 'postgres'), '--version'], {
    cwd: '/',
    env: serverEnvironment,
  })
  if (trial.status !== 0) {
    throw new EmbeddedDatabaseError(
      `The server runs as root, so Postgres must run as the user "${target.name}", who cannot enter ${barrier}. ` +
        `Run the server as a normal user, run chmod o+x ${barrier}, move the project and DATA_DIR elsewhere, ` +
        'or set DATABASE_URL.',
    )
  }
  return {
    owner: 0,
    give() {},
    spawn: (command, args, options) =>
      spawn(unshare, [...flags, command, ...args], { env: serverEnvironment, ...options }),
  }
}

/** The first folder on the way to a path that the user may not enter. */
export function barrierFor({ uid, gid }: { uid: number; gid: number }, path: string): string | undefined {
  for (let at = resolve(path); ; at = dirname(at)) {
    const stats = statSync(at, { throwIfNoEntry: false })
    if (stats?.isDirectory()) {
      const bit = stats.uid === uid ? 0o100 : stats.gid === gid ? 0o010 : 0o001
      if ((stats.mode & bit) === 0) return at
    }
    if (at === dirname(at)) return undefined
  }
}

/** initdb looks its user up, so a bare uid will not do: the user must have an entry. */
function systemUser(wanted: string | undefined): SystemUser {
  const users = new Map<string, SystemUser>()
  for (const line of readFileSync('/etc/passwd', 'utf8').split('\n')) {
    const [name, , uid, gid] = line.split(':')
    if (name && uid && gid) users.set(name, { name, uid: Number(uid), gid: Number(gid) })
  }
  const found = wanted ? users.get(wanted) : (users.get('postgres') ?? users.get('nobody'))
  if (found && found.uid !== 0) return found
  throw new EmbeddedDatabaseError(
    wanted
      ? `The server runs as root, and EMBEDDED_PG_USER "${wanted}" is not an unprivileged user of this system. ` +
          'Set another user, run the server as a normal user, or set DATABASE_URL.'
      : 'The server runs as root, which Postgres refuses, and this system has no user "postgres" or "nobody" to run Postgres as. ' +
          'Set EMBEDDED_PG_USER, run the server as a normal user, or set DATABASE_URL.',
  )
}
