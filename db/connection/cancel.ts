import { connect, type Socket } from 'node:net'
import type pg from 'pg'
import { within } from './within.ts'

/** The number by which Postgres knows a request to cancel. */
const cancelRequest = 80_877_102
const timeoutMs = 2_000

/**
 * Asks Postgres to cancel the statement that runs on a connection, as the protocol has it: on a connection of its own,
 * with the key that the session got at its start (https://www.postgresql.org/docs/current/protocol-flow.html, "Canceling
 * Requests in Progress"). Poolers pass it on, who have process ids of their own making. Resolves when the server has
 * done so; the statement then fails, or it was just over. Rejects if the server cannot be reached in time.
 */
export async function cancelStatement(client: pg.ClientBase): Promise<void> {
  const { processID, secretKey, host, port, connection } = client as unknown as Cancellable
  if (typeof processID !== 'number' || typeof secretKey !== 'number') return
  const packet = Buffer.alloc(16)
  packet.writeInt32BE(16, 0)
  packet.writeInt32BE(cancelRequest, 4)
  packet.writeInt32BE(processID, 8)
  packet.writeInt32BE(secretKey, 12)
  const { remoteAddress, remotePort } = connection.stream
  const socket = host.startsWith('/')
    ? connect(`${host}/.s.PGSQL.${port}`)
    : connect(remotePort ?? port, remoteAddress ?? host)
  const { promise: closed, resolve, reject } = Promise.withResolvers<void>()
  socket.on('error', reject).on('close', () => resolve())
  socket.write(packet)
  // Without it, the end of the other side would not be noticed.
  socket.resume()
  await within(timeoutMs, closed).finally(() => socket.destroy())
}

/** What pg's types do not have. */
interface Cancellable {
  readonly processID: unknown
  readonly secretKey: unknown
  readonly host: string
  readonly port: number
  readonly connection: { readonly stream: Socket }
}
