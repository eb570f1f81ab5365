import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { initGraphQLTada } from 'gql.tada'
import { introspectionFromSchema } from 'graphql'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { WebSocket } from 'ws'
import { schema } from '../../schema/index.ts'
import { createUrqlClient } from '../../src/examples/urql.ts'
import { useTestApp } from '../support/app.ts'
import { projectFolder, typeFaults } from '../support/clients.ts'
import { plantLibrary } from '../support/library.ts'

const app = useTestApp()
beforeAll(() => plantLibrary(app.db))
const folder = projectFolder()
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const document = `query Newest($first: Int!, $filter: PaperFilter) {
  feedPosition
  papers(first: $first, filter: $filter) { nodes { id title publishedOn githubRepo linkedModels { kind name } } }
}`

test('gql.tada types documents, variables and scalars from the schema, for urql', async () => {
  const introspection = introspectionFromSchema(schema, { descriptions: false })
  writeFileSync(
    join(folder, 'introspection.d.ts'),
    `export type introspection = ${JSON.stringify(introspection)}\n`,
  )
  const usage = (field: string, variables: string) => `
import type { Client } from '@urql/core'
import { initGraphQLTada } from 'gql.tada'
import type { introspection } from './introspection.d.ts'
const graphql = initGraphQLTada<{
  introspection: introspection
  scalars: { Date: string; DateTime: string; FeedCursor: string; JSON: unknown; URL: string }
}>()
const newest = graphql(\`${document}\`)
export async function titles(client: Client): Promise<string[]> {
  const { data } = await client.query(newest, ${variables})
  const [paper] = data?.papers.nodes ?? []
  const kind: 'MODEL' | 'DATASET' | 'SPACE' | undefined = paper?.linkedModels[0]?.kind
  return [data?.feedPosition ?? '', paper?.publishedOn ?? '', paper?.githubRepo ?? '', paper?.${field} ?? '', kind ?? '']
}
`
  expect(await typeFaults(folder, usage('title', '{ first: 3, filter: { minUpvotes: 3 } }'))).toBe('')
  expect(await typeFaults(folder, usage('gone', '{ first: 3 }'))).toContain("Property 'gone' does not exist")
  expect(await typeFaults(folder, usage('title', '{ first: "3" }'))).toContain("'string' is not assignable")
})

test('its documents are what urql and Graphcache ask', async () => {
  const { client, close } = createUrqlClient(app.endpoint, WebSocket)
  onTestFinished(() => close())
  const graphql = initGraphQLTada()
  const { data, error } = await client.query(graphql(document), { first: 2 })
  expect(error).toBeUndefined()
  expect(data).toMatchObject({ papers: { nodes: [{ title: expect.any(String) }, {}] } })
})
