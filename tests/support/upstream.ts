import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { atomFeed } from './upstream-data.ts'

export type Answer = (request: IncomingMessage, response: ServerResponse) => void

export interface UpstreamRequest {
  path: string
  query: Record<string, string>
  headers: IncomingMessage['headers']
}

/** The APIs of Hugging Face and arXiv on one real HTTP server, well-behaved until a test says otherwise. */
export interface Upstream extends AsyncDisposable {
  readonly url: string
  /** All that was asked, in order. */
  readonly requests: UpstreamRequest[]
  /** What is listed, by day; entries as the API gives them. */
  readonly editions: Map<string, unknown[]>
  /** What the call for a single paper answers, by arXiv id; `comments` only where they are asked for. */
  readonly papers: Map<string, { comments?: unknown[]; [field: string]: unknown }>
  /** Answers the next requests so, one each, before it behaves again. */
  next(...answers: Answer[]): void
  /** Answers every request so, until called without. */
  always(answer?: Answer): void
  /** Called before each list is answered, e.g. to let votes move. */
  beforeList?: (() => void) | undefined
}

export async function startUpstream(): Promise<Upstream> {
  const queue: Answer[] = []
  let standing: Answer | undefined
  const server = createServer((request, response) => {
    const { pathname: path, searchParams } = new URL(request.url ?? '/', 'http://upstream')
    upstream.requests.push({ path, query: Object.fromEntries(searchParams), headers: request.headers })
    const answer = queue.shift() ?? standing
    if (answer) answer(request, response)
    else if (path === '/api/daily_papers') list(upstream, searchParams, response)
    else if (path.startsWith('/api/papers/')) single(upstream, path, searchParams, response)
    else if (path === '/api/query') feed(searchParams, response)
    else send(response, 404, { error: 'Not found' })
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const upstream: Upstream = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: [],
    editions: new Map(),
    papers: new Map(),
    next: (...answers) => void queue.push(...answers),
    always: (answer) => {
      standing = answer
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
  return upstream
}

function list(upstream: Upstream, query: URLSearchParams, response: ServerResponse): void {
  upstream.beforeList?.()
  const asked = query.get('date') ?? query.get('month') ?? ''
  const entries = [...upstream.editions].flatMap(([date, listed]) => (date.startsWith(asked) ? listed : []))
  const sorted = entries.toSorted((a, b) => votesOf(b) - votesOf(a))
  const limit = Number(query.get('limit') ?? 50)
  const start = Number(query.get('p') ?? 0) * limit
  const more = start + limit < sorted.length
  if (more) response.setHeader('link', `<${upstream.url}/api/daily_papers?p=next>; rel="next"`)
  if (limit > 100) send(response, 400, { error: 'Number must be less than or equal to 100' })
  else send(response, 200, sorted.slice(start, start + limit))
}

function single(upstream: Upstream, path: string, query: URLSearchParams, response: ServerResponse): void {
  const paper = upstream.papers.get(path.slice('/api/papers/'.length))
  const { comments: _, ...rest } = paper ?? {}
  if (!paper) send(response, 404, { error: 'Paper not found' })
  else send(response, 200, query.get('field') === 'comments' ? paper : rest)
}

const votesOf = (entry: unknown) => (entry as { paper: { upvotes: number } }).paper.upvotes

function feed(query: URLSearchParams, response: ServerResponse): void {
  const ids = (query.get('id_list') ?? '').split(',')
  response
    .writeHead(200, { 'content-type': 'application/atom+xml; charset=utf-8' })
    .end(atomFeed(ids.filter((id) => !id.startsWith('9999'))))
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(body))
}
