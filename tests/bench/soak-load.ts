import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { WebSocket } from 'ws'

/** A server under a mixed, moderate load that goes on until a signal. */
export interface SoakTarget {
  readonly url: string
  readonly token: string
  readonly signal: AbortSignal
  readonly draw: () => number
  /** Counts what became of an attempt. */
  readonly note: (outcome: string) => void
}

const json = { 'content-type': 'application/json', accept: 'application/graphql-response+json' }

/** What clients do, each again and again after a pause. */
export function load(target: SoakTarget): Promise<unknown> {
  return Promise.all([
    ...Array.from({ length: 5 }, () => again(target, 250, () => ask(target))),
    again(target, 500, () => visit(target)),
    again(target, 500, () => leaveEarly(target)),
    again(target, 2_000, () => ingest(target)),
    ...Array.from({ length: 15 }, () => again(target, 500, () => subscribe(target))),
    ...Array.from({ length: 5 }, () => again(target, 500, () => follow(target))),
  ])
}

async function again({ signal, note }: SoakTarget, pauseMs: number, work: () => Promise<void>) {
  while (!signal.aborted) {
    await work().catch((error: Error) => {
      if (!signal.aborted) note(`${error.name}: ${error.message}`)
    })
    await sleep(pauseMs, undefined, { signal }).catch(() => {})
  }
}

const words = ['model', 'language model', 'vision', 'data -large', '"reasoning"', 'lnaguage modle']
const questions: readonly ((draw: () => number) => string)[] = [
  (draw) => `{ papers(first: ${1 + Math.floor(draw() * 50)}) { nodes { title upvotes keywords { key } } } }`,
  (draw) =>
    `{ search(text: ${JSON.stringify(words[Math.floor(draw() * words.length)])}, first: 10) { totalCount nodes { title } } }`,
  (draw) =>
    `{ paper(arxivId: "${arxivId(Math.floor(draw() * 500))}") { title abstract related(first: 5) { paper { title } } } }`,
  () => '{ edition { date listings(first: 20) { nodes { paper { title authors { nodes { name } } } } } } }',
  () =>
    '{ papers(first: 5, order: TRENDING) { nodes { title } } topKeywords(from: "2026-01-01", to: "2026-06-30") { keyword { key } } }',
  (draw) => `{ wrong${Math.floor(draw() * 1e6)} }`,
]

async function ask({ url, draw, note, signal }: SoakTarget): Promise<void> {
  const query = questions[Math.floor(draw() * questions.length)]?.(draw)
  const response = await fetch(`${url}/graphql`, {
    ...{ method: 'POST', headers: json, body: JSON.stringify({ query }), signal },
  })
  await response.arrayBuffer()
  note(
    `query ${response.status}${response.status === 200 || query?.startsWith('{ wrong') ? '' : ` ${query}`}`,
  )
}

async function visit({ url, draw, note, signal }: SoakTarget): Promise<void> {
  const pages = [
    '/',
    '/trending',
    '/search?q=model',
    '/feeds/papers.atom?q=model',
    `/papers/${arxivId(3)}`,
    '/ready',
  ]
  const response = await fetch(`${url}${pages[Math.floor(draw() * pages.length)]}`, {
    ...{ signal, headers: { accept: 'text/html', connection: 'close' } },
  })
  await response.arrayBuffer()
  note(`page ${response.status}`)
}

/** A client that does not wait for its answer. */
async function leaveEarly({ url, draw, note, signal }: SoakTarget): Promise<void> {
  const query = `{ papers(first: 50, filter: { text: "model ${Math.floor(draw() * 1e6)}" }) { totalCount nodes { abstract related { score } } } }`
  const left = AbortSignal.any([signal, AbortSignal.timeout(Math.ceil(draw() * 50))])
  const asked = fetch(`${url}/graphql`, {
    ...{ method: 'POST', headers: json, body: JSON.stringify({ query }), signal: left },
  })
  await asked.then((response) => response.arrayBuffer()).catch(() => {})
  note('left')
}

async function ingest({ url, token, draw, note, signal }: SoakTarget): Promise<void> {
  const papers = Array.from({ length: 5 }, () => {
    const number = Math.floor(draw() * 500)
    return {
      ...{
        arxivId: arxivId(number),
        title: `A paper of the soak, number ${number}`,
        publishedAt: '2026-06-15',
      },
      ...{
        abstract: `Text ${Math.floor(draw() * 1e9)} of a model. `.repeat(20),
        upvotes: Math.floor(draw() * 1e4),
      },
      ...(draw() < 0.02 ? { withdrawnAt: '2026-07-01T00:00:00Z' } : {}),
    }
  })
  const query =
    'mutation ($papers: [PaperInput!]!) { ingestPapers(papers: $papers) { newCount changedCount } }'
  const response = await fetch(`${url}/graphql`, {
    ...{ method: 'POST', signal, body: JSON.stringify({ query, variables: { papers } }) },
    headers: { ...json, authorization: `Bearer ${token}` },
  })
  const { errors } = (await response.json()) as { errors?: unknown }
  note(errors ? `ingest ${JSON.stringify(errors).slice(0, 200)}` : 'ingest')
}

const arxivId = (number: number) => `2606.${String(10_000 + number)}`

/** A subscription over WebSocket for a while, from now or from the beginning, which ends in one of three ways. */
async function subscribe({ url, draw, note, signal }: SoakTarget): Promise<void> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws')
  let events = 0
  socket
    .on('error', () => {})
    .on('message', () => {
      events += 1
    })
  await once(socket, 'open', { signal })
  socket.send('{"type":"connection_init"}')
  const after = draw() < 0.1 ? '(after: "START")' : ''
  const title = draw() < 0.5 ? 'title' : `x${Math.floor(draw() * 1e3)}: title`
  const query = `subscription { feed${after} { cursor ... on PaperEvent { paper { ${title} upvotes } } } }`
  socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query } }))
  await sleep(2_000 + draw() * 40_000, undefined, { signal }).catch(() => {})
  if (draw() < 0.3) socket.send('{"id":"1","type":"complete"}')
  if (draw() < 0.5) socket.close()
  else socket.terminate()
  note(events > 3 ? 'subscription with events' : 'subscription without events')
}

async function follow({ url, draw, note, signal }: SoakTarget): Promise<void> {
  const left = AbortSignal.any([signal, AbortSignal.timeout(2_000 + Math.floor(draw() * 40_000))])
  const after = draw() < 0.1 ? '?after=START' : ''
  try {
    const response = await fetch(`${url}/feed${after}`, {
      signal: left,
      headers: { accept: 'text/event-stream' },
    })
    for await (const _chunk of response.body ?? []);
  } catch {
    note('feed')
  }
}
