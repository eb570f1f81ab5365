import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ApolloClient, HttpLink, InMemoryCache } from '@apollo/client'
import { Defer20220824Handler, GraphQL17Alpha9Handler } from '@apollo/client/incremental'
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries'
import { parse, print } from 'graphql'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestApp, type TestApp, useTestApp } from '../support/app.ts'
import { plantLibrary } from '../support/library.ts'
import { awaiting } from '../support/patience.ts'

const app = useTestApp()
beforeAll(() => plantLibrary(app.db))

interface Page {
  paper: { title: string; related?: { paper: { title: string } }[] }
}

describe('@defer in Apollo Client', () => {
  const text = (defer: string) => `{
    paper(arxivId: "2605.00001") { id title ... ${defer} { related(first: 3) { paper { id title } } } }
  }`

  /** What a component is shown, one after the other. */
  async function shown(handler: Defer20220824Handler | GraphQL17Alpha9Handler) {
    const client = new ApolloClient({
      cache: new InMemoryCache(),
      link: new HttpLink({ uri: app.endpoint }),
      // The newer one's own types do not fit where optional properties are exact.
      incrementalHandler: handler as Defer20220824Handler,
    })
    const query = parse(text('@defer(label: "related")'))
    const seen: (string | undefined)[] = []
    const done = Promise.withResolvers<unknown>()
    const running = client.watchQuery<Page>({ query }).subscribe(({ data, dataState, error, loading }) => {
      if (error) done.reject(error)
      if (dataState !== 'empty') seen.push(dataState)
      if (!loading) done.resolve(data)
    })
    const data = await awaiting(() => 'the last part of the response', done.promise)
    running.unsubscribe()
    const plain = new ApolloClient({ cache: new InMemoryCache(), link: new HttpLink({ uri: app.endpoint }) })
    const whole = await plain.query<Page>({ query: parse(text('')) })
    expect(whole.data?.paper.related).not.toEqual([])
    expect(data).toEqual(whole.data)
    return seen
  }

  test('comes in parts to the handler that reads them', async () => {
    expect(await shown(new Defer20220824Handler())).toEqual(['streaming', 'complete'])
  })

  test('comes as a whole to the handler of another format, which could not read the parts', async () => {
    expect(await shown(new GraphQL17Alpha9Handler())).toEqual(['complete'])
  })
})

describe('persisted queries in Apollo Client', () => {
  const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
  const folder = mkdtempSync(join(tmpdir(), 'daily-papers-apollo-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  const query = parse('query Title { paper(arxivId: "2605.00001") { __typename title } }')
  const answer = { paper: { __typename: 'Paper', title: expect.stringContaining('Sparse Attention') } }

  /** A client, and what it sends: method, and whether the text of the query went along. */
  function sending(at: TestApp, useGETForHashedQueries: boolean) {
    const sent: string[] = []
    const link = new HttpLink({
      uri: at.endpoint,
      fetch: (address, init) => {
        sent.push(
          `${init?.method} ${String(init?.body ?? address).includes('query Title') ? 'text' : 'hash'}`,
        )
        return fetch(address, init)
      },
    })
    const persisted = new PersistedQueryLink({ sha256, useGETForHashedQueries })
    return { client: new ApolloClient({ cache: new InMemoryCache(), link: persisted.concat(link) }), sent }
  }

  test.each([true, false])('send the hash alone to a server that has the manifest: GET %s', async (get) => {
    const path = join(folder, 'manifest.json')
    writeFileSync(path, JSON.stringify({ [sha256(print(query))]: print(query) }))
    const settings = { TRUSTED_DOCUMENTS: path, TRUSTED_ONLY: 'on' }
    await using strict = await startTestApp({ settings, beside: app })
    const { client, sent } = sending(strict, get)
    expect((await client.query({ query })).data).toEqual(answer)
    expect(sent).toEqual([`${get ? 'GET' : 'POST'} hash`])
  })

  test('fall back to the text, and stay with it, on a server without one', async () => {
    const { client, sent } = sending(app, true)
    for (let time = 0; time < 2; time++) {
      expect((await client.query({ query, fetchPolicy: 'network-only' })).data).toEqual(answer)
    }
    expect(sent).toEqual(['GET hash', 'POST text', 'POST text'])
  })
})
