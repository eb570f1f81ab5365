import { createHash } from 'node:crypto'
import { parentPort } from 'node:worker_threads'
import { gzipSync } from 'node:zlib'
import { renderGraphiQL } from '@graphql-yoga/render-graphiql'
import type { GraphiQLOptions } from 'graphql-yoga'
import { starterTabs } from './graphiql-tabs.ts'

const options: GraphiQLOptions = {
  title: 'Daily Papers',
  defaultTabs: [...starterTabs],
  // Over HTTP a browser allows six streams to a host; one socket carries them all.
  subscriptionsProtocol: 'WS',
  shouldPersistHeaders: true,
}

/** What the worker makes, for its parent. */
export interface RenderedPage {
  readonly gzipped: Uint8Array
  readonly etag: string
  /** Bytes of the page. */
  readonly size: number
  /** What the policy of the page says of its scripts: their hashes, as CSP writes them. */
  readonly scriptHashes: readonly string[]
}

const page = Buffer.from(String(await renderGraphiQL(options)).trim())
const etag = `"${createHash('sha256').update(page).digest('base64url').slice(0, 27)}"`
const scripts = page.toString().matchAll(/<script>([\s\S]*?)<\/script>/g)
const scriptHashes = [...scripts].map(
  ([, script = '']) => `'sha256-${createHash('sha256').update(script).digest('base64')}'`,
)
const rendered: RenderedPage = { gzipped: gzipSync(page), etag, size: page.length, scriptHashes }
parentPort?.postMessage(rendered)
