import { readFileSync, rmSync } from 'node:fs'
import { isInterfaceType, isObjectType } from 'graphql'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { schema } from '../../schema/index.ts'
import { post, startTestApp, type TestApp, useTestApp } from '../support/app.ts'
import { compileRelay, generateClient, projectFolder, typeFaults } from '../support/clients.ts'
import { documents, libraryVariables } from '../support/documents.ts'
import { plantLibrary } from '../support/library.ts'

const folders: string[] = []
const app = useTestApp()
beforeAll(() => plantLibrary(app.db))
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

function newProject(): string {
  const folder = projectFolder()
  folders.push(folder)
  return folder
}

/** A server that executes what a client's build wrote into its manifest, and nothing else. */
const serverFor = (manifest: string) =>
  startTestApp({ settings: { TRUSTED_DOCUMENTS: manifest, TRUSTED_ONLY: 'on' }, beside: app })

async function ask(at: TestApp, documentId: string, variables: object): Promise<unknown> {
  return (await post(at, { documentId, variables })).json()
}

const idOf = (manifest: string, operation: RegExp) =>
  Object.entries<string>(JSON.parse(readFileSync(manifest, 'utf8'))).find(([, text]) =>
    operation.test(text),
  )?.[0] ?? ''

describe('Relay', () => {
  test('compiles fragments that page and refetch, types them, and its documents are answered by id', async () => {
    const folder = newProject()
    const manifest = await compileRelay(folder)
    const usage = (expected: string) => `
import type { FrontPage_listings$data } from './artifacts/FrontPage_listings.graphql'
import type { PaperCard_paper$data } from './artifacts/PaperCard_paper.graphql'
import type { PaperPageIngestMutation$variables } from './artifacts/PaperPageIngestMutation.graphql'
export function titles(data: FrontPage_listings$data, card: PaperCard_paper$data): ${expected}[] {
  return [...data.listings.edges.map((edge) => edge.node.submitter?.name ?? data.id), card.title]
}
export const ingest: PaperPageIngestMutation$variables = { papers: [{ title: 'x', publishedAt: '2026-06-01' }] }
`
    expect(await typeFaults(folder, usage('string'))).toBe('')
    expect(await typeFaults(folder, usage('number'))).toContain(
      "Type 'string' is not assignable to type 'number'",
    )

    await using server = await serverFor(manifest)
    const first = await ask(server, idOf(manifest, /query FrontPageQuery/), { first: 1 })
    expect(first).toMatchObject({ data: { edition: { listings: { pageInfo: { hasNextPage: true } } } } })
    const { edition } = (
      first as { data: { edition: { id: string; listings: { edges: { cursor: string }[] } } } }
    ).data
    const after = edition.listings.edges[0]?.cursor
    const next = await ask(server, idOf(manifest, /query FrontPageListingsPaginationQuery/), {
      ...{ id: edition.id, first: 1, after },
    })
    expect(next).toMatchObject({ data: { node: { __typename: 'Edition', listings: { edges: [{}] } } } })
    const found = await ask(server, idOf(manifest, /query SearchQuery/), { text: 'sparse' })
    const node = expect.objectContaining({ __typename: 'Paper' })
    const edges = expect.arrayContaining([expect.objectContaining({ node })])
    expect(found).toMatchObject({ data: { search: { edges } } })
  })
})

describe('GraphQL Code Generator', () => {
  test('types every example document, and its manifest is one of trusted documents', async () => {
    const folder = newProject()
    const manifest = await generateClient(folder)
    const usage = (field: string) => `
import { GraphQLClient } from 'graphql-request'
import { FrontPageDocument, SearchDocument } from './gql/graphql'
export async function titles(client: GraphQLClient): Promise<string[]> {
  const { edition } = await client.request(FrontPageDocument, { first: 3 })
  const { search } = await client.request(SearchDocument, { text: 'sparse', filter: { minUpvotes: 3 } })
  const [edge] = search.edges
  return [edition?.date ?? '', edge?.node.${field} ?? '']
}
`
    expect(await typeFaults(folder, usage('title'))).toBe('')
    expect(await typeFaults(folder, usage('gone'))).toContain("Property 'gone' does not exist")

    await using server = await serverFor(manifest)
    for (const { name, text } of documents) {
      const [, operation] = /query (\w+)/.exec(text) ?? []
      const id = idOf(manifest, new RegExp(`query ${operation}\\b`))
      expect(await ask(server, id, libraryVariables[name] ?? {})).not.toHaveProperty('errors')
    }
  })
})

describe('a normalized cache, such as Apollo Client’s', () => {
  const types = Object.values(schema.getTypeMap()).filter((type) => !type.name.startsWith('__'))
  const objects = types.filter(isObjectType)

  test('finds each object by __typename and id: what has an id has one of its own', () => {
    const node = schema.getType('Node')
    const withId = objects.filter((type) => 'id' in type.getFields())
    expect(withId.length).toBeGreaterThan(5)
    for (const type of withId) expect(String(type.getFields().id?.type)).toBe('ID!')
    // A suggestion carries the id of what it suggests: two of one type and id are the same suggestion.
    const others = withId.filter((type) => !isInterfaceType(node) || !type.getInterfaces().includes(node))
    // Webhooks are for operators, comments belong to their papers: no nodes of the graph, with ids of their own.
    expect(others.map(({ name }) => name)).toEqual(['PaperComment', 'Suggestion', 'Webhook'])
  })

  test('merges the pages of every connection', () => {
    const connections = objects.filter(({ name }) => name.endsWith('Connection'))
    expect(connections.length).toBeGreaterThan(4)
    for (const { name } of connections) {
      const fields = (typeName: string) => {
        const type = schema.getType(typeName)
        return isObjectType(type) ? type.getFields() : {}
      }
      expect(String(fields(name).pageInfo?.type)).toBe('PageInfo!')
      expect(String(fields(name).edges?.type)).toMatch(/^\[\w+Edge!\]!$/)
      const edge = String(fields(name).edges?.type).replace(/\W/g, '')
      expect(String(fields(edge).cursor?.type)).toBe('String!')
      expect(fields(edge)).toHaveProperty('node')
    }
  })
})
