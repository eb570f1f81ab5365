import { once } from 'node:events'
import { Agent, request } from 'node:http'
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { WebSocket } from 'ws'

/** Where an attack goes, from which address, and until when. */
export interface Target {
  readonly port: number
  readonly from: string
  readonly signal: AbortSignal
  /** Counts what became of an attempt: a status, a close code, an error. */
  readonly note: (outcome: string) => void
}

type Attack = (target: Target) => Promise<void>

const big = `{ papers(first: 100, order: UPVOTES) { nodes { ${Array.from({ length: 40 }, (_, alias) => `a${alias}: abstract`).join(' ')} } } }`
const aliases = (amount: number, field: (index: number) => string) =>
  `{ ${Array.from({ length: amount }, (_, index) => `f${index}: ${field(index)}`).join(' ')} }`
/** Within the limits of one operation, and dear. */
const dear: readonly string[] = [
  aliases(
    10,
    (index) => `search(text: "\\"language model\\" ${index}") { totalCount facets { keywords { papers } } }`,
  ),
  aliases(
    6,
    (index) => `papers(first: 1, filter: { text: "model data ${index}" }, order: UPVOTES) { totalCount }`,
  ),
  '{ papers(first: 3) { nodes { related(first: 10) { paper { related(first: 2) { paper { title } } } } } } }',
  aliases(8, (index) => `search(text: "lnaguage modle visoin${index}") { totalCount repairedText }`),
  aliases(4, (index) => `papers(first: ${index + 1}, order: TRENDING) { nodes { title } }`),
]
const upload = JSON.stringify({
  query: 'mutation ($p: [PaperInput!]!) { ingestPapers(papers: $p) { newCount } }',
  variables: {
    p: [{ title: 'A', publishedAt: '2026-06-15', authors: Array(40_000).fill({ name: 'An Author' }) }],
  },
})

/** Everything that the findings name, each going on until its signal. */
export const attacks: Readonly<Record<string, Attack>> = {
  'large answers that are read': (target) => each(target, 3, () => ask(target, big)),
  'large answers that are not read': (target) =>
    each(target, 10, async () => {
      const socket = await open(target)
      socket.pause()
      socket.write(httpOf(big).repeat(5))
      await ended(target, socket, 'not read')
    }),
  'dear queries': (target) => each(target, 10, (turn) => ask(target, dear[turn % dear.length] ?? '')),
  'dear queries whose client leaves': (target) =>
    each(target, 10, async (turn) => {
      const socket = await open(target)
      socket.write(httpOf(dear[turn % dear.length] ?? ''))
      await sleep(50)
      socket.destroy()
      target.note('left')
    }),
  'WebSocket pings whose pongs are not read': (target) =>
    each(target, 5, async () => {
      const socket = await openSocket(target)
      socket.pause()
      const ping = JSON.stringify({ type: 'ping', payload: { text: 'x'.repeat(900) } })
      while (!target.signal.aborted && socket.readyState === WebSocket.OPEN) {
        for (let sent = 0; sent < 100 && socket.bufferedAmount < 1_000_000; sent += 1) socket.send(ping)
        await sleep(10)
      }
      target.note('socket ended')
      socket.terminate()
    }),
  'WebSocket messages that do not end': (target) =>
    each(target, 100, async () => {
      const socket = await openSocket(target)
      socket.send('x'.repeat(120_000), { fin: false }, () => {})
      const [code] = await Promise.race([once(socket, 'close'), aborted(target, ['stop'])])
      target.note(`close ${code}`)
      socket.terminate()
    }),
  'slow headers and bodies': (target) =>
    each(target, 200, async (turn) => {
      const socket = await open(target)
      socket.write(turn % 2 === 0 ? 'GET /graphql HTTP/1.1\r\nhost: x\r\n' : httpOf(big).slice(0, -200))
      await ended(target, socket, 'slow')
    }),
  'idle connections': (target) =>
    each(target, 1_500, async () => {
      const socket = await open(target)
      await ended(target, socket, 'idle')
    }),
  'subscriptions with documents of their own': (target) =>
    each(target, 5, async (turn) => {
      const socket = await openSocket(target)
      for (let id = 0; id < 100; id += 1) {
        const query = `subscription { paperIngested(after: "START", filter: { minUpvotes: ${id} }) { cursor paper { title x${turn}: id related(first: 3) { paper { id } } } } }`
        socket.send(JSON.stringify({ id: String(id), type: 'subscribe', payload: { query } }))
      }
      const [code] = await Promise.race([
        once(socket, 'close'),
        sleep(10_000, ['own'], { signal: target.signal }),
      ])
      target.note(`close ${code}`)
      socket.terminate()
    }),
  'uploads without a token': (target) => each(target, 4, () => post(target, upload)),
  'GraphiQL without compression': (target) =>
    each(target, 5, async () => {
      const socket = await open(target)
      socket.write('GET /graphql HTTP/1.1\r\nhost: x\r\naccept: text/html\r\nconnection: close\r\n\r\n')
      socket.resume()
      await ended(target, socket, 'page')
    }),
  'new documents': (target) => each(target, 5, (turn) => ask(target, `{ d${turn}: __typename }`)),
}

/** So many at a time, again and again. */
async function each(target: Target, amount: number, attempt: (turn: number) => Promise<void>): Promise<void> {
  let turn = 0
  const work = async () => {
    while (!target.signal.aborted) {
      turn += 1
      await attempt(turn).catch(async (error: NodeJS.ErrnoException) => {
        if (!target.signal.aborted) target.note(error.code ?? error.message)
        await sleep(50)
      })
    }
  }
  await Promise.all(Array.from({ length: amount }, work))
}

const ask = (target: Target, query: string) => post(target, JSON.stringify({ query }))

const agents = new Map<string, Agent>()
const agentFor = (from: string): Agent => {
  const agent = agents.get(from) ?? new Agent({ keepAlive: true, localAddress: from })
  agents.set(from, agent)
  return agent
}

/** Posts a body and reads the answer. Resolves with the status. */
export function send({ port, from }: Pick<Target, 'port' | 'from'>, body: string): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>()
  const headers = { 'content-type': 'application/json', accept: 'application/graphql-response+json' }
  const sent = request({
    port,
    host: '127.0.0.1',
    path: '/graphql',
    method: 'POST',
    headers,
    agent: agentFor(from),
  })
  sent.on('error', reject)
  sent.on('response', (response) => {
    response.on('error', reject).on('end', () => resolve(response.statusCode ?? 0))
    response.resume()
  })
  sent.end(body)
  return promise
}

async function post(target: Target, body: string): Promise<void> {
  target.note(String(await send(target, body)))
}

async function open({ port, from }: Target): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', localAddress: from })
  socket.on('error', () => {})
  await once(socket, 'connect')
  return socket
}

async function openSocket({ port, from }: Target): Promise<WebSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/graphql`, 'graphql-transport-ws', {
    localAddress: from,
  })
  await once(socket, 'open')
  socket.on('error', () => {})
  socket.send('{"type":"connection_init"}')
  await once(socket, 'message')
  return socket
}

async function ended(target: Target, socket: Socket, what: string): Promise<void> {
  let status = 'cut'
  socket.once('data', (chunk) => {
    status = /^HTTP\/1\.1 (\d+)/.exec(String(chunk))?.[1] ?? status
  })
  await Promise.race([once(socket, 'close'), aborted(target, undefined)])
  target.note(`${what} ${target.signal.aborted ? 'until the end' : status}`)
  socket.destroy()
}

function aborted<Value>({ signal }: Target, value: Value): Promise<Value> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(value), { once: true })
    if (signal.aborted) resolve(value)
  })
}

function httpOf(query: string): string {
  const body = JSON.stringify({ query })
  return `POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`
}
