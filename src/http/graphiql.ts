import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { RenderedPage } from './graphiql-worker.ts'

/** The playground, ready to be sent. */
export interface GraphiqlPage extends RenderedPage {
  readonly contentSecurityPolicy: string
}

/**
 * Renders GraphiQL from the installed package. That is 9 MB of script: loading and compressing it holds a thread
 * for a third of a second and takes 75 MB, so a thread of its own does it once, and ends.
 */
export async function renderGraphiqlPage(): Promise<GraphiqlPage> {
  const worker = new Worker(new URL('./graphiql-worker.ts', import.meta.url))
  const [rendered] = (await once(worker, 'message')) as [RenderedPage]
  return { ...rendered, contentSecurityPolicy }
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
