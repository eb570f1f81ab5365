import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import pg from 'pg'

export interface PoolerOptions {
  /** Gives clients a process id of its own making, as a pooler does whose sessions belong to nobody. */
  readonly transactions?: boolean
}

/** A link to a Postgres that refuses TLS, and parameters in the start of a connection, as PgBouncer does by default. */
export async function startPooler(
  databaseUrl: string,
  { transactions = false }: PoolerOptions = {},
): Promise<AsyncDisposable & { url: string }> {
  const { host, port, user = '', database = '' } = new pg.Client({ connectionString: databaseUrl })
  const sockets = new Set<Socket>()
  const server = createServer((near) => {
    sockets.add(near)
    near.on('error', () => near.destroy())
    takeStart(near, (first) => {
      const far = host.startsWith('/') ? connect(`${host}/.s.PGSQL.${port}`) : connect(port, host)
      far.on('error', () => near.destroy()).on('close', () => near.destroy())
      near.on('close', () => far.destroy())
      far.write(first)
      near.pipe(far)
      const hide = (chunk: Buffer) => {
        if (hideProcessId(chunk)) far.off('data', hide)
      }
      if (transactions) far.on('data', hide)
      far.pipe(near)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const own = typeof address === 'object' && address ? address.port : 0
  return {
    url: `postgresql://${user}@127.0.0.1:${own}/${database}`,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

const sslRequest = 80_877_103
const startup = 196_608

/** What PgBouncer takes in the start of a connection by default. */
const allowed = new Set([
  ...['user', 'database', 'application_name', 'client_encoding', 'datestyle', 'timezone'],
  ...['standard_conforming_strings', 'replication'],
])

/** Reads the first packet of a connection, which comes in one piece. */
function takeStart(near: Socket, onTaken: (packet: Buffer) => void): void {
  near.once('data', (packet: Buffer) => {
    const code = packet.readInt32BE(4)
    if (code === sslRequest) {
      near.write('N')
      takeStart(near, onTaken)
      return
    }
    const words = code === startup ? packet.toString('utf8', 8).split('\0') : []
    const names = words.filter((name, index) => index % 2 === 0 && name !== '')
    const unsupported = names.find((name) => !allowed.has(name.toLowerCase()))
    if (unsupported === undefined) onTaken(packet)
    else near.end(fatal(`unsupported startup parameter: ${unsupported}`))
  })
}

function fatal(message: string): Buffer {
  const fields = Buffer.from(`SFATAL\0C08P01\0M${message}\0\0`)
  const head = Buffer.alloc(5)
  head.write('E')
  head.writeInt32BE(fields.length + 4, 1)
  return Buffer.concat([head, fields])
}

/** Overwrites the process id in the packet that tells it to a client; answers whether it was in this piece. */
function hideProcessId(chunk: Buffer): boolean {
  for (let at = 0; at + 9 <= chunk.length; at += 1 + chunk.readInt32BE(at + 1)) {
    if (chunk.toString('latin1', at, at + 1) !== 'K') continue
    chunk.writeInt32BE(1, at + 5)
    return true
  }
  return false
}
