import { type ChildProcess, type SpawnOptions, spawn, spawnSync } from 'node:child_process'
import { chmodSync, chownSync, mkdirSync, readFileSync, statSync } from 'node:fs'
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
  /** The uid that owned data directories before, whose owner this process may change. */
  readonly formerOwner?: number
  /** Makes a file or folder of this process the server user's own. */
  give(path: string): void
  /** Makes an empty folder of this process one that initdb can work in. Answers where in it the cluster goes. */
  prepare(folder: string): string
  /** Starts a program as that user. */
  spawn(command: string, args: readonly string[], options: SpawnOptions): ChildProcess
  /** Starts initdb, which looks its user up and fails if it has no name. */
  spawnNamed(command: string, args: readonly string[], options: SpawnOptions): ChildProcess
}

export interface ServerUserOptions {
  /** As root: the user to drop to, instead of `postgres` or a uid of its own. */
  readonly user?: string | undefined
  /** The Postgres binaries and the folder of the data directory: the user must be able to enter both. */
  readonly bin: string
  readonly parent: string
  /** Where the users of the system are listed. */
  readonly passwd?: string
}

/**
 * A uid that has no name and that nobody else runs as, for a root without a user `postgres`: of the range that
 * https://systemd.io/UIDS-GIDS/ leaves unused. Not `nobody`, as whose processes, of whatever program, could then read and
 * write the data.
 */
const ownUid = 60_978

/**
 * Decides who Postgres runs as. It refuses to be root, so root drops to an unprivileged user; where that user
 * cannot enter the folders (a project under /root, a 0700 clone), Postgres stays root towards the files and is
 * somebody else only inside a user namespace. Creates no user.
 */
export function serverUser({ user, bin, parent, passwd = '/etc/passwd' }: ServerUserOptions): ServerUser {
  const own = process.getuid?.() ?? 0
  if (own !== 0) {
    const plain: ServerUser['spawn'] = (command, args, options) =>
      spawn(command, args, { env: serverEnvironment, ...options })
    return { owner: own, give() {}, prepare: (folder) => folder, spawn: plain, spawnNamed: plain }
  }
  const { target, nobody } = systemUser(user, passwd)
  const barrier = barrierFor(target, parent) ?? barrierFor(target, bin)
  if (barrier === undefined) {
    const { uid, gid } = target
    const drop: ServerUser['spawn'] = (command, args, options) =>
      spawn(command, args, { env: serverEnvironment, ...options, uid, gid })
    const give = (path: string) => chownSync(path, uid, gid)
    const prepare = (folder: string) => {
      give(folder)
      return folder
    }
    if (target !== unnamed) return { owner: uid, give, prepare, spawn: drop, spawnNamed: drop }
    const dropped = { owner: uid, formerOwner: nobody.uid, give, spawn: drop }
    const named = namespaceOf(nobody)
    if (!runsIn(named, bin, target)) return { ...dropped, ...asNamesake(nobody) }
    const spawnNamed: ServerUser['spawn'] = (command, args, options) =>
      drop(unshare, [...named, command, ...args], options)
    return { ...dropped, prepare, spawnNamed }
  }
  const flags = namespaceOf(target === unnamed ? nobody : target)
  if (!runsIn(flags, bin)) {
    throw new EmbeddedDatabaseError(
      `The server runs as root, so Postgres must run as ${target.name}, who cannot enter ${barrier}. ` +
        `Run the server as a normal user, run chmod o+x ${barrier}, move the project and DATA_DIR elsewhere, ` +
        'or set DATABASE_URL.',
    )
  }
  const mapped: ServerUser['spawn'] = (command, args, options) =>
    spawn(unshare, [...flags, command, ...args], { env: serverEnvironment, ...options })
  return { owner: 0, give() {}, prepare: (folder) => folder, spawn: mapped, spawnNamed: mapped }
}

/**
 * Without user namespaces, initdb runs under the uid of `nobody`, which has a name, in a folder that only the group of
 * `ownUid` can enter. Other processes of `nobody` are not in that group: they reach neither the files nor, as ptrace
 * compares groups too, the process (ptrace(2), "access mode checking").
 */
function asNamesake({ uid }: SystemUser): Pick<ServerUser, 'prepare' | 'spawnNamed'> {
  return {
    prepare(folder) {
      chownSync(folder, 0, ownUid)
      chmodSync(folder, 0o710)
      const inner = join(folder, 'data')
      mkdirSync(inner, { mode: 0o700 })
      chownSync(inner, uid, ownUid)
      return inner
    },
    spawnNamed: (command, args, options) =>
      spawn(command, args, { env: serverEnvironment, ...options, uid, gid: ownUid }),
  }
}

const unshare = 'unshare'

/** The options of `unshare` that give the caller the name of a user, to itself and its children alone. */
function namespaceOf({ uid, gid }: Pick<SystemUser, 'uid' | 'gid'>): readonly string[] {
  return ['--user', `--map-user=${uid}`, `--map-group=${gid}`]
}

function runsIn(flags: readonly string[], bin: string, as: { uid?: number; gid?: number } = {}): boolean {
  const { uid, gid } = as
  const options = {
    cwd: '/',
    env: serverEnvironment,
    ...(uid !== undefined && { uid }),
    ...(gid !== undefined && { gid }),
  }
  return spawnSync(unshare, [...flags, join(bin, 'postgres'), '--version'], options).status === 0
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

const unnamed: SystemUser = { name: `uid ${ownUid}`, uid: ownUid, gid: ownUid }

/** The user to become, and the one whose name initdb is shown where that user has none. */
function systemUser(wanted: string | undefined, passwd: string): { target: SystemUser; nobody: SystemUser } {
  const users = new Map<string, SystemUser>()
  for (const line of readFileSync(passwd, 'utf8').split('\n')) {
    const [name, , uid, gid] = line.split(':')
    if (name && uid && gid) users.set(name, { name, uid: Number(uid), gid: Number(gid) })
  }
  const nobody = users.get('nobody') ?? unnamed
  const found = wanted ? users.get(wanted) : (users.get('postgres') ?? users.get('_postgres'))
  if (found && found.uid !== 0) return { target: found, nobody }
  if (wanted) {
    throw new EmbeddedDatabaseError(
      `The server runs as root, and EMBEDDED_PG_USER "${wanted}" is not an unprivileged user of this system. ` +
        'Set another user, run the server as a normal user, or set DATABASE_URL.',
    )
  }
  if (nobody === unnamed || [...users.values()].some(({ uid }) => uid === ownUid)) throw withoutUser()
  return { target: unnamed, nobody }
}

function withoutUser(): EmbeddedDatabaseError {
  return new EmbeddedDatabaseError(
    'The server runs as root, which Postgres refuses, and this system has no user "postgres" to run Postgres as. ' +
      'Create one (useradd --system postgres) or name one in EMBEDDED_PG_USER, run the server as a normal user, or set DATABASE_URL.',
  )
}
