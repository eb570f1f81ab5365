// Lets Node run the TypeScript of this package where npm has installed it: it strips the types of no file below a folder
// node_modules by itself. Plain JavaScript, because it has to run before any TypeScript does.
import { readFileSync } from 'node:fs'
import { registerHooks, stripTypeScriptTypes } from 'node:module'
import { fileURLToPath } from 'node:url'

const root = new URL('..', import.meta.url).href
const inner = new URL('../node_modules/', import.meta.url).href

/** Node warns that the function may yet change. */
function withoutWarning(work) {
  const { emitWarning } = process
  process.emitWarning = () => {}
  try {
    return work()
  } finally {
    process.emitWarning = emitWarning
  }
}

registerHooks({
  load(url, context, next) {
    if (!url.startsWith(root) || url.startsWith(inner) || !url.endsWith('.ts')) return next(url, context)
    const source = readFileSync(fileURLToPath(url), 'utf8')
    return {
      format: 'module',
      shortCircuit: true,
      source: withoutWarning(() => stripTypeScriptTypes(source)),
    }
  },
})
