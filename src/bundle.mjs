// The program in one piece, which make-bundle.mjs makes when npm has installed the packages: most of a start is looking for
// files. Plain JavaScript, because it runs before any TypeScript does.
import { readFileSync, realpathSync, statSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
/** Below `node_modules`, so that an installation begins without it. */
export const bundleFolder = `${root}node_modules/.cache/program`
export const manifestName = 'manifest.json'

/** Flags by which somebody hooks into modules, or looks at them: they have to be there, one by one. */
const watched = /(^|\s)(-r\b|--(import|require|loader|experimental-loader|inspect|cpu-prof|heap-prof))/

/** The sources of the bundle as they are now: name, bytes, and seconds at which they were changed. */
export function stateOf(files) {
  return files.map((file) => {
    const { size, mtimeMs } = statSync(`${root}${file}`)
    return [file, size, Math.floor(mtimeMs / 1000)]
  })
}

/** By which cli.mjs lets workers load TypeScript: nobody's hooks. */
const ownHooks = /--import \S+\/src\/strip-types\.mjs/g

/** The address of the file to load; undefined if there is none, or if a source has changed since: then the sources are loaded. */
export function findBundle() {
  const flags = [...process.execArgv, process.env.NODE_OPTIONS].join(' ').replace(ownHooks, '')
  if (watched.test(flags)) return undefined
  try {
    const { entry, sources } = JSON.parse(readFileSync(`${bundleFolder}/${manifestName}`, 'utf8'))
    // Of another copy of the project, whose packages this one uses.
    if (realpathSync(bundleFolder) !== `${realpathSync(root)}/node_modules/.cache/program`) return undefined
    const isFresh = JSON.stringify(stateOf(sources.map(([file]) => file))) === JSON.stringify(sources)
    return isFresh ? pathToFileURL(`${bundleFolder}/${entry}`).href : undefined
  } catch {
    return undefined
  }
}
