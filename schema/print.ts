import { fileURLToPath } from 'node:url'
import { printSchema } from 'graphql'
import { withIncrementalDelivery } from './core/incremental.ts'
import { printSubgraph } from './federation/sdl.ts'
import { schema } from './index.ts'

/** Where the printed schema is kept, for people and for typed clients; a test compares it. */
export const schemaFile = fileURLToPath(new URL('./schema.graphql', import.meta.url))

/** The same as a subgraph, for a registry or a composition that should not have to ask a running server. */
export const subgraphFile = fileURLToPath(new URL('./subgraph.graphql', import.meta.url))

/** The schema as a client sees it. */
export function printClientSchema(): string {
  return `${printSchema(withIncrementalDelivery(schema))}\n`
}

/** The SDL with its federation directives: what `_service { sdl }` answers. */
export function printSubgraphSdl(): string {
  return printSubgraph(schema)
}
