// After `npm ci`: makes one program of the 1,500 files that a server loads, and so spares half of its start. Without it
// (npm ran no scripts, or left out optional packages) the files are loaded as they are.
import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundleFolder, manifestName, stateOf } from './bundle.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const entry = 'src/commands/main.ts'

/** Our own modules find their files from where they stand, and not from the bundle. */
const ownAddresses = {
  name: 'own-addresses',
  setup(build) {
    build.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
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
  const sources = Object.keys(metafile.inputs).filter((file) => !file.includes('node_modules/'))
  writeFileSync(`${made}/${manifestName}`, JSON.stringify({ entry: 'main.mjs', sources: stateOf(sources) }))
  rmSync(bundleFolder, { recursive: true, force: true })
  renameSync(made, bundleFolder)
}

// An installation does not fail for what makes a start quicker.
await makeBundle().catch((error) => {
  rmSync(bundleFolder, { recursive: true, force: true })
  if (error.code !== 'ERR_MODULE_NOT_FOUND')
    console.error(`The program was not bundled, and starts slower: ${error.message}`)
})
