import type { Server } from 'node:http'
import { type AddressInfo, Server as NetServer } from 'node:net'
import { performance } from 'node:perf_hooks'
import { codeOf, messageOf } from '../../db/error.ts'
import { StartError } from '../faults.ts'

interface Place {
  readonly host: string
  readonly port: number
}

/**
 * Makes the server reachable and returns its address as a URL. Fails with a StartError that says what to change;
 * `setting` is where the port comes from.
 */
export async function listen(server: Server, { host, port }: Place, setting = 'PORT'): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  server.once('error', reject)
  // After a restart all subscribers come back within seconds; the default queue of 511 would reset some of them.
  server.listen({ host, port, backlog: 4096 }, resolve)
  try {
    await promise
  } catch (error) {
    throw new StartError(reasonFor(error, { host, port }, setting), { cause: error })
  } finally {
    server.off('error', reject)
  }
  const address = server.address() as AddressInfo
  return `http://${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${address.port}`
}

function reasonFor(error: unknown, { host, port }: Place, setting: string): string {
  switch (codeOf(error)) {
    case 'EADDRINUSE':
      return `Port ${port} is in use by another program. Stop it, or choose another port, e.g. ${setting}=${port + 1}.`
    case 'EACCES':
      return `This user may not listen on port ${port}. Set ${setting} to a number above 1023.`
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `HOST is "${host}", which is not an address of this machine. Use 127.0.0.1, or 0.0.0.0 for all its addresses.`
    default:
      return `Cannot listen on ${host}:${port}: ${messageOf(error)}`
  }
}

/** Takes no new connection and ends those that are open. Nothing happens if that was done before. */
export function cut(server: Server): void {
  server.close(() => {})
  server.closeAllConnections()
}

/** For which a connection may be silent while the server stops. A request that is on its way is answered, as the last one. */
const silentMs = 250

/**
 * Takes no new connection, ends what lasts by itself, and lets requests finish for so long; what still runs then
 * is cut. Connections that are open are not closed at once: to Node, one whose next request has not been read is idle.
 * Each answer says from now on that its connection ends.
 */
export async function drain(
  server: Server,
  patienceMs: number,
  endStreams: () => Promise<void>,
): Promise<void> {
  const { promise: closed, resolve } = Promise.withResolvers<void>()
  // That of http.Server closes what it takes for idle.
  NetServer.prototype.close.call(server, () => resolve())
  const beganMs = performance.now()
  const cut = setTimeout(() => server.closeAllConnections(), patienceMs)
  // A connection whose last request ends now would stay open for the next one, and nothing tells of it.
  const sweep = setInterval(() => {
    if (performance.now() - beganMs >= Math.min(silentMs, patienceMs)) server.closeIdleConnections()
  }, 20)
  try {
    await endStreams()
    await closed
  } finally {
    clearTimeout(cut)
    clearInterval(sweep)
  }
}
