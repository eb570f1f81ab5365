import { startGateway } from '../gateways.ts'
import { startReviews } from '../reviews-subgraph.ts'
import { compose, papersService, reviewsService } from '../supergraph.ts'

/**
 * `npm run gateway -- [url [port]]`: Hive Gateway in front of a running server and of an example subgraph that adds
 * reviews to papers. Composed from SDL files; nothing is asked of the server until a client asks.
 */
const [, , given = 'http://127.0.0.1:4000/graphql', port = '4100'] = process.argv

if (!URL.canParse(given)) {
  console.error(
    `${JSON.stringify(given)} is no address. Pass that of a server, like http://127.0.0.1:4000/graphql.`,
  )
  process.exit(1)
}
const server = new URL(given)
if (server.pathname === '/') server.pathname = '/graphql'
const health = await fetch(new URL('/health', server)).catch(() => undefined)
if (!health?.ok) {
  console.error(
    `Nothing answers at ${server.origin}. Start the server first (npm start), or pass its address.`,
  )
  process.exit(1)
}

const reviews = await startReviews({ key: 'id' }) // papers of the captured page have no arXiv id
const supergraph = compose([papersService(server.href), reviewsService(reviews.url, 'id')])
const gateway = await startGateway('hive', supergraph, { port: Number(port), subscriptions: 'sse' }).catch(
  (error) => {
    console.error(
      `${error instanceof Error ? error.message : error}\nPass another port: npm run gateway -- ${given} 4200`,
    )
    process.exit(1)
  },
)
console.log(`The gateway is ready, in front of ${server.href} and of an example subgraph with reviews.

  API and GraphiQL   ${gateway.endpoint}

A list of papers from one subgraph, reviews of each from the other:
  curl ${gateway.endpoint} -H 'content-type: application/json' \\
    -d '{"query":"{ papers(first: 3) { nodes { title reviews { stars text } } } }"}'
New papers as they come, with their reviews:
  curl -N ${gateway.endpoint} -H 'content-type: application/json' -H 'accept: text/event-stream' \\
    -d '{"query":"subscription { paperIngested { cursor paper { title reviews { stars } } } }"}'
Ctrl-C stops it.
`)

for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, async () => {
    await gateway.close()
    await reviews.close()
    process.exit(0)
  })
