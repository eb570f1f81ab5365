// The limit of kept responses: bare `node:http` that reads each request and answers the bytes that belong to its path.
// The argument is a file with an array of bodies; `/0` answers the first.
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'

const bodies = JSON.parse(readFileSync(process.argv[2], 'utf8')).map((body) => Buffer.from(body))

const server = createServer((request, response) => {
  const body = bodies[Number(request.url.slice(1))]
  request.on('data', () => {})
  request.on('end', () => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length })
    response.end(body)
  })
})
server.listen(0, '127.0.0.1', () => console.log(`listening on ${server.address().port}`))
