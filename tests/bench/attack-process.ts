import { setMaxListeners } from 'node:events'
import { createServer, request } from 'node:http'
import { connect, type Socket } from 'node:net'
import { attacks } from './attack-vectors.ts'

/**
 * A process beside the benchmark: `attack <port> <address> <seconds> <names, separated by commas>` attacks and prints what
 * became of it as JSON; `proxy <port>` passes requests on, with the addresses of their senders.
 */
const [role, port = '', from = '', seconds = '', names = ''] = process.argv.slice(2)
if (role === 'proxy') startProxy(Number(port))
else await attack()

async function attack(): Promise<void> {
  const outcomes: Record<string, Record<string, number>> = {}
  const signal = AbortSignal.timeout(Number(seconds) * 1000)
  setMaxListeners(0, signal)
  await Promise.all(
    names.split(',').map(async (name) => {
      const counts: Record<string, number> = {}
      outcomes[name] = counts
      const note = (outcome: string) => {
        counts[outcome] = (counts[outcome] ?? 0) + 1
      }
      const work = attacks[name]?.({ port: Number(port), from, signal, note })
      // What hangs in the middle of an attempt is not waited for.
      await Promise.race([
        work,
        new Promise((resolve) => setTimeout(resolve, Number(seconds) * 1000 + 3_000)),
      ])
    }),
  )
  console.log(JSON.stringify(outcomes))
  process.exit(0)
}

function startProxy(target: number): void {
  const server = createServer((incoming, outgoing) => {
    const headers = { ...incoming.headers, 'x-forwarded-for': incoming.socket.remoteAddress ?? '' }
    const { method, url: path } = incoming
    const passed = request({ host: '127.0.0.1', port: target, method, path, headers }, (response) => {
      outgoing.writeHead(response.statusCode ?? 502, response.headers)
      response.pipe(outgoing)
    })
    passed.on('error', () => outgoing.destroy())
    outgoing.on('close', () => passed.destroy())
    incoming.pipe(passed)
  })
  server.on('upgrade', ({ method, url, headers }, near, head) => {
    const far = connect(target, '127.0.0.1')
    const lines = Object.entries({ ...headers, 'x-forwarded-for': (near as Socket).remoteAddress ?? '' })
    const text = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')
    far.write(`${method} ${url} HTTP/1.1\r\n${text}\r\n`)
    far.write(head)
    near.pipe(far).on('error', () => near.destroy())
    far.pipe(near).on('error', () => far.destroy())
  })
  server.on('clientError', (_error, socket) => socket.destroy())
  server.listen(0, '127.0.0.1', () => {
    const address = server.address()
    console.log(`listening on ${typeof address === 'object' ? address?.port : ''}`)
  })
}
