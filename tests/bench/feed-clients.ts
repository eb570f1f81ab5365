import { randomBytes } from 'node:crypto'
import { connect, type Socket } from 'node:net'

/**
 * WebSocket clients that only count what comes: on two cores, a client that parses would measure itself. They read
 * frame headers and, on request, the bytes of the messages.
 */
export interface CountingClient {
  readonly socket: Socket
  /** Messages received. */
  count: number
  send(message: unknown): void
}

export interface ClientsOptions {
  readonly port: number
  readonly path: string
  readonly protocol?: string
  /** Called for each message; `text` reads it, and costs. */
  readonly onMessage: (client: CountingClient, text: () => string) => void
}

/** Opens one connection; resolves when the upgrade is done. */
export async function openClient({
  port,
  path,
  protocol,
  onMessage,
}: ClientsOptions): Promise<CountingClient> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  const key = randomBytes(16).toString('base64')
  const offered = protocol ? `sec-websocket-protocol: ${protocol}\r\n` : ''
  socket.write(
    `GET ${path} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nupgrade: websocket\r\nconnection: upgrade\r\n` +
      `sec-websocket-key: ${key}\r\nsec-websocket-version: 13\r\n${offered}\r\n`,
  )
  const client: CountingClient = {
    socket,
    count: 0,
    send: (message) => socket.write(maskedFrame(JSON.stringify(message))),
  }
  const { promise: upgraded, resolve, reject } = Promise.withResolvers<void>()
  let rest = Buffer.alloc(0)
  let isUpgraded = false
  socket.on('error', reject)
  socket.on('data', (chunk) => {
    let data = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk
    if (!isUpgraded) {
      const end = data.indexOf('\r\n\r\n')
      if (end === -1) {
        rest = data
        return
      }
      if (!data.subarray(0, 12).toString().includes('101')) return reject(new Error(data.toString()))
      isUpgraded = true
      data = data.subarray(end + 4)
      resolve()
    }
    let at = 0
    for (;;) {
      const frame = frameAt(data, at)
      if (!frame) break
      if (frame.opcode === 1) {
        client.count += 1
        onMessage(client, () => data.toString('utf8', frame.start, frame.end))
      } else if (frame.opcode === 9) socket.write(maskedFrame('', 0x8a))
      at = frame.end
    }
    rest = at === data.length ? Buffer.alloc(0) : Buffer.from(data.subarray(at))
  })
  await upgraded
  return client
}

function frameAt(data: Buffer, at: number) {
  if (data.length < at + 2) return undefined
  const opcode = data.readUInt8(at) & 0x0f
  let length = data.readUInt8(at + 1) & 0x7f
  let start = at + 2
  if (length === 126) {
    if (data.length < at + 4) return undefined
    length = data.readUInt16BE(at + 2)
    start = at + 4
  } else if (length === 127) {
    if (data.length < at + 10) return undefined
    length = Number(data.readBigUInt64BE(at + 2))
    start = at + 10
  }
  const end = start + length
  return data.length < end ? undefined : { opcode, start, end }
}

function maskedFrame(text: string, head = 0x81): Buffer {
  const payload = Buffer.from(text)
  const mask = randomBytes(4)
  const short = payload.length < 126
  const header = Buffer.alloc(short ? 2 : 4)
  header.writeUInt8(head, 0)
  header.writeUInt8(0x80 | (short ? payload.length : 126), 1)
  if (!short) header.writeUInt16BE(payload.length, 2)
  for (let index = 0; index < payload.length; index++)
    payload[index] = (payload[index] ?? 0) ^ (mask[index % 4] ?? 0)
  return Buffer.concat([header, mask, payload])
}
