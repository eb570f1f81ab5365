import { ApolloClient, ApolloLink, HttpLink, InMemoryCache } from '@apollo/client'
import { GraphQLWsLink } from '@apollo/client/link/subscriptions'
import { relayStylePagination } from '@apollo/client/utilities'
import { OperationTypeNode, parse } from 'graphql'
import { createClient } from 'graphql-ws'
import { afterEach, beforeAll, expect, test, vi } from 'vitest'
import { WebSocket } from 'ws'
import { useTestApp } from '../support/app.ts'
import { documents, libraryVariables } from '../support/documents.ts'
import { plantLibrary } from '../support/library.ts'
import { plant } from '../support/papers.ts'
import { awaiting } from '../support/patience.ts'

const app = useTestApp()
beforeAll(() => plantLibrary(app.db))

/** Apollo Client complains on the console: of data that its cache would lose, say. */
const complaints = (['warn', 'error', 'debug', 'log'] as const).map((name) => vi.spyOn(console, name))
afterEach(() => {
  for (const complaint of complaints) expect(complaint.mock.calls).toEqual([])
})

const newClient = (cache = new InMemoryCache()) =>
  new ApolloClient({ cache, link: new HttpLink({ uri: app.endpoint }) })

test('Apollo Client reads the answer to every example document out of its cache, whichever came before', async () => {
  const client = newClient()
  for (const fetchPolicy of ['network-only', 'cache-only'] as const)
    for (const { name, text } of documents) {
      const variables = libraryVariables[name] ?? {}
      const { data } = await client.query<object>({ query: parse(text), variables, fetchPolicy })
      const asked = await newClient().query<object>({ query: parse(text), variables })
      expect(data).toEqual(asked.data)
    }
})

test('a paper is one entry of the cache, however it was reached', async () => {
  const client = newClient()
  const { data } = await client.query<{ paper: { id: string } }>({
    query: parse('{ paper(arxivId: "2605.00001") { id title } }'),
  })
  const byAuthor = parse('{ author(name: "Ada Lovelace") { id papers(first: 5) { nodes { id upvotes } } } }')
  await client.query({ query: byAuthor })
  const found = client.readFragment<{ title: string; upvotes: number }>({
    id: `Paper:${data?.paper.id}`,
    fragment: parse('fragment Both on Paper { title upvotes }'),
  })
  expect(found).toMatchObject({ title: expect.stringContaining('Sparse Attention'), upvotes: 42 })
})

test('relayStylePagination joins the pages of a list', async () => {
  const cache = new InMemoryCache({
    typePolicies: { Query: { fields: { papers: relayStylePagination(['filter', 'order']) } } },
  })
  const client = newClient(cache)
  const query = parse(`query Papers($first: Int, $after: String) { papers(first: $first, after: $after) {
    edges { cursor node { id title } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`)
  interface Papers {
    papers: { edges: { node: { title: string } }[]; pageInfo: { endCursor: string; hasNextPage: boolean } }
  }
  const first = await client.query<Papers>({ query, variables: { first: 2 } })
  const watched = client.watchQuery<Papers>({ query, variables: { first: 2 } })
  await watched.fetchMore({ variables: { first: 100, after: first.data?.papers.pageInfo.endCursor } })
  const whole = await newClient().query<Papers>({ query, variables: { first: 100 } })
  const titles = (data: Papers | null) => data?.papers.edges.map(({ node }) => node.title)
  expect(titles(client.readQuery<Papers>({ query, variables: { first: 2 } }))).toEqual(
    titles(whole.data ?? null),
  )
})

test('a subscription over graphql-ws brings new papers into the cache', async () => {
  const socket = createClient({ url: app.wsEndpoint, webSocketImpl: WebSocket })
  const link = ApolloLink.split(
    ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
    new GraphQLWsLink(socket),
    new HttpLink({ uri: app.endpoint }),
  )
  const client = new ApolloClient({ cache: new InMemoryCache(), link })
  const start = await client.query<{ feedPosition: string }>({ query: parse('{ feedPosition }') })
  const told = Promise.withResolvers<{ id: string }>()
  const running = client
    .subscribe<{ paperIngested: { paper: { id: string } } }>({
      query: parse(
        'subscription New($after: FeedCursor!) { paperIngested(after: $after) { cursor paper { id title upvotes } } }',
      ),
      variables: { after: start.data?.feedPosition },
    })
    .subscribe({
      next: ({ data, error }) => (data ? told.resolve(data.paperIngested.paper) : told.reject(error)),
      error: told.reject,
    })
  await plant(app.db, [{ arxivId: '2607.00001', title: 'Told to Apollo' }])
  const { id } = await awaiting(() => 'the new paper', told.promise)
  running.unsubscribe()
  await socket.dispose()
  expect(
    client.readFragment({ id: `Paper:${id}`, fragment: parse('fragment Title on Paper { title }') }),
  ).toMatchObject({ title: 'Told to Apollo' })
})
