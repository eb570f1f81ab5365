// After `npm ci`: makes one program of the 1,500 files that a server loads, and so spares half of its start. Without it
// (npm ran no scripts, or left out optional packages) the files are loaded as they are.
import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundleFolder, hasOwnPackages, manifestName, stateOf } from './bundle.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const entry = 'src/commands/main.ts'

/** Sources by their names, as they were before they were read. */
const states = new Map()

/** Our own modules find their files from where they stand, and not from the bundle. */
const ownAddresses = {
  name: 'own-addresses',
  setup(build) {
    build.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      const file = relative(root, path)
      states.set(file, stateOf(file))
      const text = await readFile(path, 'utf8')
      const url = `new URL(${JSON.stringify(relative(bundleFolder, path))}, import.meta.url)`
      const addresses = {
        'import.meta.url': `${url}.href`,
        'import.meta.dirname': `process.getBuiltinModule('node:url').fileURLToPath(new URL('.', ${url}))`,
      }
      const contents = text.replace(/\bimport\.meta\.\w+/g, (name) => {
        if (name in addresses) return addresses[name]
        throw new Error(`${path} has ${name}, which a bundle has not.`)
      })
      return { contents, loader: 'ts' }
    })
  },
}

async function makeBundle() {
  // Else it would be in the place of that of another copy.
  if (!hasOwnPackages()) return
  const { build } = await import('esbuild')
  const made = `${bundleFolder}.new`
  rmSync(made, { recursive: true, force: true })
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    outdir: made,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    metafile: true,
    format: 'esm',
    platform: 'node',
    target: 'node22.18',
    // One copy of graphql, which compares its classes by identity.
    mainFields: ['module', 'main'],
    // Looked for, and not needed.
    external: ['pg-native', 'bufferutil', 'utf-8-validate'],
    banner: {
      js: `import { createRequire as createRequireOfBundle } from 'node:module'
const require = createRequireOfBundle(import.meta.url)`,
    },
    legalComments: 'none',
    logLevel: 'error',
    plugins: [ownAddresses],
  })
  const files = Object.keys(metafile.inputs).flatMap((file) => {
    const state = states.get(file)
    if (state) return [state]
    // An installation writes all files of a package anew.
    const [, folder] = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file) ?? []
    return [stateOf(folder ? `${folder}/package.json` : file)]
  })
  const unique = new Map(files.map((state) => [state[0], state]))
  writeFileSync(`${made}/${manifestName}`, JSON.stringify({ entry: 'main.mjs', files: [...unique.values()] }))
  rmSync(bundleFolder, { recursive: true, force: true })
  renameSync(made, bundleFolder)
}

// An installation does not fail for what makes a start quicker.
await makeBundle().catch((error) => {
  rmSync(bundleFolder, { recursive: true, force: true })
  if (error.code !== 'ERR_MODULE_NOT_FOUND')
    console.error(`The program was not bundled, and starts slower: ${error.message}`)
})
