import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type ReviewsSubgraph, startReviews } from '../../src/examples/gateway/reviews-subgraph.ts'
import { compose, papersService, reviewsService } from '../../src/examples/gateway/supergraph.ts'
import { startTestApp, type TestApp } from '../support/app.ts'
import { startCli } from '../support/cli.ts'
import { ask } from '../support/federation.ts'
import { type GatewayKind, startGateway } from '../support/gateways.ts'
import { plant } from '../support/papers.ts'

let base: TestApp
let reviews: ReviewsSubgraph
beforeEach(async () => {
  base = await startTestApp()
  reviews = await startReviews()
  await plant(base.db, [{}])
})
afterEach(async () => {
  await reviews?.close()
  await base?.close()
})

describe.each<GatewayKind>(['apollo', 'hive'])('behind the gateway %s', { timeout: 300_000 }, (kind) => {
  test('our death costs our fields alone, and our return needs no restart of the gateway', async () => {
    await using first = startCli(['serve'], {
      cwd: process.cwd(),
      env: { DATABASE_URL: base.database.url, PORT: '0', PLANT_SEEDS: 'off' },
    })
    const [, port = ''] = await first.said(/API and GraphiQL +http:\/\/[^:]+:(\d+)/)
    const supergraph = compose([
      papersService(`http://127.0.0.1:${port}/graphql`),
      reviewsService(reviews.url),
    ])
    await using gateway = await startGateway(kind, supergraph, { timeoutMs: 5_000 })
    const query = '{ reviews(first: 1) { stars paper { title } } }'
    const whole = { data: { reviews: [{ stars: 5, paper: { title: 'Paper 1' } }] } }
    expect(await ask(gateway, query)).toEqual(whole)

    first.kill('SIGKILL')
    await first.ended
    const { data, errors } = await ask(gateway, query)
    expect(data).toEqual({ reviews: [{ stars: 5, paper: null }] })
    expect(errors).not.toEqual([])
    expect(await ask(gateway, '{ review(id: "2606.00001") { text } }')).toEqual({
      data: { review: { text: 'On 2606.00001' } },
    })

    await using _again = await startTestApp({ beside: base, settings: { PORT: port } })
    expect(await ask(gateway, query)).toEqual(whole)
  })

  test('the death of the other subgraph leaves our fields', async () => {
    const supergraph = compose([papersService(base.endpoint), reviewsService(reviews.url)])
    await using gateway = await startGateway(kind, supergraph)
    await reviews.close()
    const { data, errors } = await ask(gateway, '{ papers { nodes { title bookmarkCount } } }')
    expect(data).toEqual({ papers: { nodes: [{ title: 'Paper 1', bookmarkCount: null }] } })
    expect(errors?.[0]?.message).toMatch(/ECONNREFUSED|fetch failed/)
  })
})
