import { once } from 'node:events'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { Worker } from 'node:worker_threads'
import { createGunzip } from 'node:zlib'
import { encodingFor } from '../graphql/responses/answer-headers.ts'
import { names } from '../graphql/responses/validators.ts'
import type { RenderedPage } from './graphiql-worker.ts'
import type { Answer } from './route.ts'

/** Serves the playground. The page is made at the first visit. */
export function graphiqlPage(): Answer {
  let rendering: Promise<RenderedPage> | undefined
  return async (request, response) => {
    rendering ??= render().catch((error) => {
      rendering = undefined // the next visitor tries again
      throw error
    })
    const { etag, size, scriptHashes, ...packed } = await rendering
    response.setHeader('etag', etag)
    response.setHeader('cache-control', 'no-cache')
    response.appendHeader('vary', 'Accept, Accept-Encoding')
    if (names(request.headers['if-none-match'] ?? '', etag)) return void response.writeHead(304).end()
    response.setHeader('content-type', 'text/html; charset=utf-8')
    response.setHeader('content-security-policy', contentSecurityPolicy(scriptHashes))
    const encoding = encodingFor(request.headers['accept-encoding'] as string | undefined)
    const bytes = encoding && packed[encoding]
    if (encoding) response.setHeader('content-encoding', encoding)
    response.writeHead(200, { 'content-length': bytes?.length ?? size })
    if (bytes || request.method === 'HEAD') return void response.end(bytes)
    // In pieces and on other threads: unpacking it at once holds this one for a tenth of a second. A client that leaves
    // ends it.
    await pipeline(Readable.from([packed.gzip]), createGunzip(), response).catch(() => {})
  }
}

/**
 * Renders GraphiQL from the installed package. That is 9 MB of script: loading and compressing it holds a thread
 * for a third of a second and takes 75 MB, so a thread of its own does it once, and ends.
 */
async function render(): Promise<RenderedPage> {
  // The hooks of cli.mjs, which Node itself does not hand on. Flags of the whole process are refused for a thread.
  const execArgv = process.execArgv.filter((flag, index, all) => [flag, all[index - 1]].includes('--import'))
  const worker = new Worker(new URL('./graphiql-worker.ts', import.meta.url), { execArgv })
  const [rendered] = (await once(worker, 'message')) as [RenderedPage]
  return rendered
}

/** The browser itself then refuses every request to another host. */
const contentSecurityPolicy = (scriptHashes: readonly string[]): string =>
  [
    "default-src 'none'",
    `script-src ${scriptHashes.join(' ')} blob:`,
    'worker-src blob:',
    "style-src 'unsafe-inline'",
    'img-src data:',
    'font-src data:',
    "connect-src 'self' blob: data:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
