import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import pg from 'pg'
import { type WebSocket, WebSocketServer } from 'ws'

/**
 * The least that a server can do, for comparison: on each notification it sends the same bytes to every client.
 * Reads nothing, executes nothing, remembers nothing. Arguments: database URL, bytes of a message.
 */
const [, , url = '', size = '1600'] = process.argv
const message = JSON.stringify({ id: '1', type: 'next', payload: 'x'.repeat(Number(size) - 40) })
const clients = new Set<WebSocket>()
const server = createServer()
new WebSocketServer({ server }).on('connection', (socket) => {
  clients.add(socket)
  socket.on('close', () => clients.delete(socket))
})
const listener = new pg.Client({ connectionString: url })
listener.on('notification', () => {
  for (const socket of clients) socket.send(message)
})
await listener.connect()
await listener.query('listen daily_papers_feed')
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`listening on ${(server.address() as AddressInfo).port}\n`)
})
