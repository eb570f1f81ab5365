// The program in one piece, which make-bundle.mjs makes when npm has installed the packages: most of a start is looking for
// files. Plain JavaScript, because it runs before any TypeScript does.
import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
/** Below `node_modules`, so that an installation begins without it. */
export const bundleFolder = `${root}node_modules/.cache/program`
export const manifestName = 'manifest.json'

/** Whether the packages are those of this copy of the project, and no link to those of another one. */
export function hasOwnPackages() {
  const folder = `${root}node_modules`
  // Where npm has put all packages beside it, there is none yet.
  return !existsSync(folder) || realpathSync(folder) === `${realpathSync(root)}/node_modules`
}

/** A file as it is now: its name, bytes, and the seconds at which it was changed. */
export function stateOf(file) {
  const { size, mtimeMs } = statSync(`${root}${file}`)
  return [file, size, Math.floor(mtimeMs / 1000)]
}

/** By which cli.mjs lets workers load TypeScript: nobody's hooks. */
const ownHooks = /--import \S+\/src\/strip-types\.mjs/g
/** Flags by which somebody hooks into modules, or looks at them: they have to be there, one by one. */
const watched =
  /(^|\s)(-r\b|--(import|require|loader|experimental-loader|inspect|(cpu-|heap-|perf-basic-|perf-)?prof\b))/

/** Whether somebody hooks into the modules of this process, or follows them: `--watch` and coverage tell by variables. */
function isWatched() {
  const { NODE_OPTIONS, NODE_V8_COVERAGE, WATCH_REPORT_DEPENDENCIES } = process.env
  const flags = [...process.execArgv, NODE_OPTIONS].join(' ').replace(ownHooks, '')
  return watched.test(flags) || Boolean(NODE_V8_COVERAGE || WATCH_REPORT_DEPENDENCIES)
}

/**
 * The address of the file to load; undefined if there is none, or if a source or a package has changed since: then the
 * sources are loaded.
 */
export function findBundle() {
  if (isWatched()) return undefined
  try {
    const { entry, files } = JSON.parse(readFileSync(`${bundleFolder}/${manifestName}`, 'utf8'))
    const isFresh = JSON.stringify(files.map(([file]) => stateOf(file))) === JSON.stringify(files)
    return isFresh && hasOwnPackages() ? pathToFileURL(`${bundleFolder}/${entry}`).href : undefined
  } catch {
    return undefined
  }
}
