/**
 * `npm run gateway -- [url [port]]`: Hive Gateway in front of a running server and of an example subgraph that adds
 * reviews to papers. The supergraph is composed from SDL files, without a request to the server.
 */
const [, , given = 'http://127.0.0.1:4000/graphql', port = '4100'] = process.argv

// The gateway and its composition are development packages, which a production install leaves out.
const missing = ['@graphql-hive/gateway-runtime', '@theguild/federation-composition'].filter(
  (name) => !isInstalled(name),
)
if (missing.length > 0) fail(`The gateway needs ${missing.join(' and ')}: run npm ci --include=dev.`)
if (!URL.canParse(given)) {
  fail(`${JSON.stringify(given)} is not a URL. Pass the URL of a server, e.g. http://127.0.0.1:4000/graphql.`)
}
const server = new URL(given)
if (server.pathname === '/') server.pathname = '/graphql'
const health = await fetch(new URL('/health', server)).catch(() => undefined)
if (!health?.ok) fail(`No server answers at ${server.origin}. Run npm start first, or pass another URL.`)

const { compose, papersService, reviewsService } = await import('./supergraph.ts')
const { startProcess } = await import('./process.ts')
const { startReviews } = await import('./reviews-subgraph.ts')
const reviews = await startReviews({ key: 'id' }) // papers of the captured page have no arXiv id
const supergraph = compose([papersService(server.href), reviewsService(reviews.url, 'id')])
const gateway = await startProcess(new URL('hive.ts', import.meta.url), supergraph, {
  port: Number(port),
  subscriptions: 'sse',
}).catch((error) =>
  fail(
    `${error instanceof Error ? error.message : error}\nTry another port: npm run gateway -- ${given} 4200`,
  ),
)
console.log(`The gateway is ready, in front of ${server.href} and of an example subgraph with reviews.

  API and GraphiQL   ${gateway.endpoint}

A list of papers from one subgraph, reviews of each from the other:
  curl ${gateway.endpoint} -H 'content-type: application/json' \\
    -d '{"query":"{ papers(first: 3) { nodes { title reviews { stars text } } } }"}'
New papers as they arrive, with their reviews:
  curl -N ${gateway.endpoint} -H 'content-type: application/json' -H 'accept: text/event-stream' \\
    -d '{"query":"subscription { paperIngested { cursor paper { title reviews { stars } } } }"}'
Press Ctrl-C to stop.
`)

for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, async () => {
    await gateway.close()
    await reviews.close()
    process.exit(0)
  })

function isInstalled(name: string): boolean {
  try {
    import.meta.resolve(name)
    return true
  } catch {
    return false
  }
}

function fail(sentence: string): never {
  console.error(sentence)
  process.exit(1)
}
