import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { parentPort } from 'node:worker_threads'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { renderGraphiQL } from '@graphql-yoga/render-graphiql'
import type { GraphiQLOptions } from 'graphql-yoga'
import { mendTabs } from './graphiql-fixes.ts'
import { starterTabs } from './graphiql-tabs.ts'

const icon = readFileSync(new URL('../page/icon.svg', import.meta.url)).toString('base64')
const options: GraphiQLOptions = {
  title: 'Daily Papers',
  // That of the library is an image of 150 kB.
  favicon: `data:image/svg+xml;base64,${icon}`,
  defaultTabs: [...starterTabs],
  // Over HTTP a browser allows six streams to a host; one socket carries them all.
  subscriptionsProtocol: 'WS',
  shouldPersistHeaders: true,
}

/** What the worker makes, for its parent. */
export interface RenderedPage {
  readonly br: Uint8Array
  readonly gzip: Uint8Array
  readonly etag: string
  /** Bytes of the page. */
  readonly size: number
  /** What the policy of the page says of its scripts: their hashes, as CSP writes them. */
  readonly scriptHashes: readonly string[]
}

/**
 * Telephones show the page at their own width, with the answer below the question and the documentation alone: side by side,
 * an answer has room for one letter a line. Tabs stand where they belong: GraphiQL 5 lets them slide into place
 * (Reorder of framer-motion) and leaves all of them at the place of the last one until the first press, which is then
 * lost.
 */
const head = `<meta name="viewport" content="width=device-width, initial-scale=1">
<style>.graphiql-tab { transform: none !important }
@media (max-width: 640px) {
  #graphiql-session { flex-direction: column }
  .graphiql-logo, .graphiql-horizontal-drag-bar { display: none }
  .graphiql-container .graphiql-response { flex: 1.5 1 0% !important; min-height: 0 }
  .graphiql-plugin { flex-grow: 1 !important }
  .graphiql-main:has(> .graphiql-plugin:not([style*='-1000px'])) > .graphiql-sessions { display: none }
}</style>`

/** How GraphiQL names an icon for those who point at it: by a function whose name is two letters in the package. */
const iconTitle = '.toLowerCase()+" icon"'

const rendered = String(await renderGraphiQL(options)).trim()
const page = Buffer.from(
  mendTabs(rendered)
    .replace('<head>', () => `<head>\n${head}`)
    .replace(iconTitle, '.slice(0,0)'),
)
const etag = `"${createHash('sha256').update(page).digest('base64url').slice(0, 27)}"`
const scripts = page.toString().matchAll(/<script>([\s\S]*?)<\/script>/g)
const scriptHashes = [...scripts].map(
  ([, script = '']) => `'sha256-${createHash('sha256').update(script).digest('base64')}'`,
)
// Smaller than gzip at its best, and made in less time. Browsers take it over TLS and from this machine.
const br = brotliCompressSync(page, {
  params: { [constants.BROTLI_PARAM_QUALITY]: 5, [constants.BROTLI_PARAM_SIZE_HINT]: page.length },
})
const made: RenderedPage = { br, gzip: gzipSync(page), etag, size: page.length, scriptHashes }
parentPort?.postMessage(made)
