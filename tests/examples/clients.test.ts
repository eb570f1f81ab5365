import { rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { gql } from '@urql/core'
import { type DocumentNode, isObjectType, Kind, parse, TypeInfo, visit, visitWithTypeInfo } from 'graphql'
import { afterEach, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { WebSocket } from 'ws'
import { schema } from '../../schema/index.ts'
import {
  createApolloClient,
  followNewPapers,
  type NewestPapers,
  newestPapers,
  newPapers,
} from '../../src/examples/apollo.ts'
import { createUrqlClient, partsOfOthers } from '../../src/examples/urql.ts'
import { startTestApp, useTestApp } from '../support/app.ts'
import { compileRelay, projectFolder } from '../support/clients.ts'
import { documents, libraryVariables } from '../support/documents.ts'
import { plantLibrary } from '../support/library.ts'
import { plant } from '../support/papers.ts'

/** The examples of src/examples, run as they are. */

interface Relay {
  fetchQuery(environment: unknown, query: unknown, variables: object): { toPromise(): Promise<unknown> }
}

const app = useTestApp()
beforeAll(() => plantLibrary(app.db))
const complaints = (['warn', 'error'] as const).map((name) => vi.spyOn(console, name))
afterEach(() => {
  for (const complaint of complaints) {
    expect(complaint.mock.calls).toEqual([])
    complaint.mockClear()
  }
})

test('Apollo Client: pages are joined, and a new paper comes to the beginning of the list, once', async () => {
  const { client, close } = createApolloClient(app.endpoint, WebSocket)
  onTestFinished(() => close())
  const watched = client.watchQuery<NewestPapers>({ query: newestPapers, variables: { first: 2 } })
  const { data } = await client.query<NewestPapers>({ query: newestPapers, variables: { first: 2 } })
  await watched.fetchMore({ variables: { first: 2, after: data?.papers.pageInfo.endCursor } })
  const titles = () =>
    client.readQuery<NewestPapers>({ query: newestPapers })?.papers.edges.map(({ node }) => node.title) ?? []
  expect(new Set(titles()).size).toBe(4)
  const subscription = followNewPapers(client, data?.feedPosition ?? '')
  await plant(app.db, [{ arxivId: undefined, title: 'New for Apollo' }])
  await vi.waitFor(() => expect(titles()).toContain('New for Apollo'), { timeout: 150_000 })
  expect(titles()).toHaveLength(5)
  expect(titles()[0]).toBe('New for Apollo')
  subscription.unsubscribe()
})

test('urql: Graphcache takes every example document without a warning, and a subscription', async () => {
  const { client, close } = createUrqlClient(app.endpoint, WebSocket)
  onTestFinished(() => close())
  for (const { name, text } of documents) {
    const { data, error } = await client.query(withIds(text), libraryVariables[name] ?? {})
    expect(error, name).toBeUndefined()
    expect(data, name).toBeTruthy()
  }
  const heard: string[] = []
  const { unsubscribe } = client
    .subscription(gql`subscription { paperIngested(after: "START") { cursor paper { id title } } }`, {})
    .subscribe(({ data }) => void heard.push(data?.paperIngested.paper.title))
  await vi.waitFor(() => expect(heard.length).toBeGreaterThan(1), { timeout: 150_000 })
  unsubscribe()
})

/** The document as clients of a normalized cache write it: with the id of each object that has one. */
function withIds(text: string): DocumentNode {
  const types = new TypeInfo(schema)
  const id = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: 'id' } } as const
  return visit(
    parse(text),
    visitWithTypeInfo(types, {
      SelectionSet(node, _key, parent) {
        const type = types.getParentType()
        const isPart = isObjectType(type) && 'id' in type.getFields()
        if (isPart && !(parent && 'operation' in parent))
          return { ...node, selections: [id, ...node.selections] }
        return undefined
      },
    }),
  )
}

test('urql: the list of types without an id of their own is that of the schema', () => {
  const roots = ['Query', 'Mutation', 'Subscription', '_Service']
  const parts = Object.values(schema.getTypeMap())
    .filter(isObjectType)
    .filter(({ name }) => !name.startsWith('__') && !roots.includes(name))
    .filter(({ name }) => !/(Connection|Edge)$|^PageInfo$/.test(name))
    .filter((type) => !('id' in type.getFields()) || type.name === 'Suggestion')
  expect([...partsOfOthers].sort()).toEqual(parts.map(({ name }) => name).sort())
})

test('Relay: compiled documents are sent by their ids and fill the store, and subscriptions arrive', async () => {
  const { createPapersEnvironment } = await import('../../src/examples/relay-environment.mjs')
  const relay: Relay = createRequire(import.meta.url)('relay-runtime')
  const folder = projectFolder()
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const manifest = await compileRelay(folder)
  await using server = await startTestApp({ beside: app, settings: { TRUSTED_DOCUMENTS: manifest } })
  const { environment, close } = createPapersEnvironment(server.endpoint, WebSocket)
  onTestFinished(() => close())
  const { default: query } = await import(join(folder, 'artifacts/SearchQuery.graphql.ts'))
  const data = await relay.fetchQuery(environment, query, { text: 'sparse' }).toPromise()
  expect(JSON.stringify(data)).toContain('search')
  expect(environment.getStore().getSource().size()).toBeGreaterThan(3)
  const text = 'subscription { paperIngested(after: "START") { paper { title } } }'
  const heard = await new Promise((resolve, reject) => {
    const subscription = environment
      .getNetwork()
      .execute({ name: 'New', operationKind: 'subscription', id: null, text, metadata: {} }, {}, {})
      .subscribe({
        next(result: unknown) {
          resolve(result)
          subscription.unsubscribe()
        },
        error: reject,
      })
  })
  expect(heard).toMatchObject({ data: { paperIngested: { paper: { title: expect.any(String) } } } })
})

describe('a restart of the server, which refuses connections meanwhile', () => {
  type Hear = (answer: { data?: unknown }) => void
  type Listen = (url: string, socket: unknown, after: string, hear: Hear) => Promise<() => unknown>
  const document =
    'subscription New($after: FeedCursor!) { paperIngested(after: $after) { cursor paper { id title } } }'
  const withApollo: Listen = async (url, socket, after, hear) => {
    const { client, close } = createApolloClient(url, socket)
    client.subscribe({ query: newPapers, variables: { after } }).subscribe(hear)
    return close
  }
  const withUrql: Listen = async (url, socket, after, hear) => {
    const { client, close } = createUrqlClient(url, socket)
    client.subscription(document, { after }).subscribe(hear)
    return close
  }
  const withRelay: Listen = async (url, socket, after, hear) => {
    const { createPapersEnvironment } = await import('../../src/examples/relay-environment.mjs')
    const { environment, close } = createPapersEnvironment(url, socket)
    const params = { name: 'New', operationKind: 'subscription', id: null, text: document, metadata: {} }
    environment.getNetwork().execute(params, { after }, {}).subscribe({ next: hear })
    return close
  }

  test.each<[string, Listen]>([
    ['Apollo Client', withApollo],
    ['urql', withUrql],
    ['Relay', withRelay],
  ])('%s connects again and receives each paper once', async (name, listen) => {
    const leaving = await startTestApp({ beside: app })
    await using next = await startTestApp({ beside: app })
    let target = leaving.wsEndpoint
    const sent: { payload?: { variables?: { after: string } } }[] = []
    /** Connects to where the server is at the time. */
    class Rerouted extends WebSocket {
      constructor(_url: string, protocols: string) {
        super(target, protocols)
        this.on('error', () => {
          target = next.wsEndpoint
        })
      }
      override send(text: string) {
        const message = JSON.parse(text)
        if (message.type === 'subscribe') sent.push(message)
        super.send(text)
      }
    }
    const after = app.feed.cursor(await app.feed.refresh())
    const heard: { cursor: string; paper: { title: string } }[] = []
    const titles = () => heard.map(({ paper }) => paper.title)
    const close = await listen(leaving.endpoint, Rerouted, after, ({ data }) => {
      heard.push((data as { paperIngested: (typeof heard)[number] }).paperIngested)
    })
    // Before the server that it is connected to.
    await using _client = { [Symbol.asyncDispose]: async () => void (await close()) }
    const before = `Before the restart, for ${name}`
    await plant(app.db, [{ arxivId: undefined, title: before }])
    await vi.waitFor(() => expect(titles()).toEqual([before]), { timeout: 150_000 })
    await leaving.close()
    const during = `During the restart, for ${name}`
    await plant(app.db, [{ arxivId: undefined, title: during }])
    await vi.waitFor(() => expect(titles()).toEqual([before, during]), { timeout: 150_000 })
    expect(sent.map(({ payload }) => payload?.variables?.after)).toEqual([after, heard[0]?.cursor])
  })
})
