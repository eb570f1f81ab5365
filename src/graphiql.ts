import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { GraphiQLOptions } from 'graphql-yoga'
import { starterTabs } from './graphiql-tabs.ts'

/** The playground, ready to be sent. */
export interface GraphiqlPage {
  readonly gzipped: Buffer
  readonly etag: string
  readonly contentSecurityPolicy: string
}

const options: GraphiQLOptions = {
  title: 'Daily Papers',
  defaultTabs: [...starterTabs],
  // Over HTTP a browser allows six streams to a host; one socket carries them all.
  subscriptionsProtocol: 'WS',
  shouldPersistHeaders: true,
}

/**
 * Renders GraphiQL from the installed package. It is 9 MB of script, so it is loaded when first asked for and
 * kept compressed.
 */
export async function renderGraphiqlPage(): Promise<GraphiqlPage> {
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql')
  const html = await renderGraphiQL(options)
  const page = Buffer.from(String(html).trim())
  return {
    gzipped: await promisify(gzip)(page, { level: 6 }),
    etag: `"${createHash('sha256').update(page).digest('base64url').slice(0, 27)}"`,
    contentSecurityPolicy,
  }
}

/** The browser itself then refuses every request to another host. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'unsafe-inline' blob:",
  'worker-src blob:',
  "style-src 'unsafe-inline'",
  'img-src data:',
  'font-src data:',
  "connect-src 'self' blob: data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')
