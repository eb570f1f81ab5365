import { fileURLToPath } from 'node:url'
import { printSchema } from 'graphql'
import { withIncrementalDelivery } from './incremental.ts'
import { schema } from './index.ts'

/** Where the printed schema is kept, for people and for typed clients; a test compares it. */
export const schemaFile = fileURLToPath(new URL('./schema.graphql', import.meta.url))

/** The schema as a client sees it. */
export function printClientSchema(): string {
  return `${printSchema(withIncrementalDelivery(schema))}\n`
}
