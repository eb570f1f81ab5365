import { readFileSync } from 'node:fs'
import { buildSchema, type GraphQLObjectType, parse } from 'graphql'
import { describe, expect, test } from 'vitest'
import { printSubgraphSdl, subgraphFile } from '../../schema/print.ts'
import { compose, papersService, reviewsService } from '../../src/examples/gateway/supergraph.ts'
import { query, startTestApp } from '../support/app.ts'
import { compositions } from '../support/supergraph.ts'

const kept = readFileSync(subgraphFile, 'utf8')
const url = 'http://127.0.0.1:4000/graphql'
const subgraphs = [papersService(url), reviewsService('http://127.0.0.1:4001/graphql')]

test('the kept SDL is what `_service` answers; `npm run schema` writes it anew', async () => {
  expect(printSubgraphSdl()).toBe(kept)
  await using app = await startTestApp()
  const { _service } = await query<{ _service: { sdl: string } }>(app, '{ _service { sdl } }')
  expect(`${_service.sdl.trim()}\n`).toBe(kept)
})

test('it links the lowest version of federation that has every directive it uses', () => {
  const [, version, imports] = /federation\/v2\.(\d+)", import: (\[.*?\])/.exec(kept) ?? []
  expect(JSON.parse(imports ?? '[]')).toEqual(['@cost', '@key', '@listSize', '@shareable', '@tag'])
  expect(version).toBe('9') // that of @cost and @listSize
})

test('its entities and their keys', () => {
  const keys = Object.fromEntries(
    parse(kept).definitions.flatMap((definition) => {
      if (definition.kind !== 'ObjectTypeDefinition') return []
      const found = [...printedKeys(kept, definition.name.value)]
      return found.length > 0 ? [[definition.name.value, found]] : []
    }),
  )
  expect(keys).toEqual({
    Account: ['name', 'id'],
    Author: ['name', 'id'],
    Edition: ['date', 'id'],
    Keyword: ['key', 'id'],
    Organization: ['name', 'id'],
    Paper: ['id', 'arxivId'],
  })
})

describe.each(Object.entries(compositions))('%s', (_name, by) => {
  test('composes it with a subgraph that knows papers by their global id', () => {
    const byId = reviewsService('http://127.0.0.1:4001/graphql', 'id')
    expect(compose([papersService(url), byId], by)).toMatch(
      /type Paper[^{]*@join__type\(graph: REVIEWS, key: "id"\)/s,
    )
  })

  test('composes it alone and with a subgraph that extends papers by arXiv id', () => {
    expect(compose([papersService(url)], by)).toContain('PAPERS')
    const supergraph = compose(subgraphs, by)
    expect(supergraph).toMatch(/type Paper[^{]*@join__type\(graph: PAPERS, key: "arxivId"\)/s)
    expect(supergraph).toMatch(/type Paper[^{]*@join__type\(graph: REVIEWS, key: "arxivId"\)/s)
    const paper = buildSchema(supergraph, { assumeValid: true }).getType('Paper') as GraphQLObjectType
    expect(Object.keys(paper.getFields())).toEqual(
      expect.arrayContaining(['title', 'authors', 'reviews', 'bookmarkCount']),
    )
  })

  test('keeps what tells gateways of costs and contracts', () => {
    const supergraph = compose(subgraphs, by)
    expect(supergraph).toMatch(/sources: \[Source!\]!.*@tag\(name: "operations"\)/)
    expect(supergraph).toMatch(/totalCount: Int!.*@(federation__)?cost\(weight: 10\)/)
    expect(supergraph).toMatch(/@(federation__)?listSize\([^)]*assumedSize: 20/)
  })

  test('lets another subgraph take `node` over, and refuses two that both answer it', () => {
    const nodes = (directive: string) => ({
      name: 'nodes',
      url: 'http://127.0.0.1:4002/graphql',
      sdl: `extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key", "@override"])
        type Query { node(id: ID!): Node ${directive} }
        interface Node { id: ID! }
        type Paper implements Node @key(fields: "id", resolvable: false) { id: ID! }`,
    })
    expect(() => compose([...subgraphs, nodes('')], by)).toThrow(/node/)
    expect(compose([...subgraphs, nodes('@override(from: "papers")')], by)).toMatch(
      /node\([^)]*\): Node @join__field\(graph: NODES, override: "papers"\)/s,
    )
  })
})

/** In the order of the document. */
function* printedKeys(sdl: string, type: string): Generator<string> {
  const head = new RegExp(`^type ${type}\\b[^{]*`, 'm').exec(sdl)?.[0] ?? ''
  for (const [, fields] of head.matchAll(/@key\(fields: "([^"]+)"\)/g)) if (fields) yield fields
}
