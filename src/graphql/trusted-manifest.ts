import { readFile } from 'node:fs/promises'
import { GraphQLError, type GraphQLSchema, parse, validate } from 'graphql'
import { z } from 'zod'
import { codeOf } from '../../db/error.ts'
import { StartError } from '../faults.ts'
import type { Logger } from '../log.ts'

/** What Relay's compiler and the client preset of GraphQL Code Generator write: `{ "<id>": "<document>" }`. */
const DocumentMap = z.record(z.string().min(1), z.string())

/** What Apollo's generate-persisted-query-manifest writes. */
const ApolloManifest = z.object({
  format: z.literal('apollo-persisted-query-manifest'),
  operations: z.array(z.object({ id: z.string().min(1), body: z.string() })),
})

/**
 * The documents of a manifest file by id. Throws a StartError when the file cannot be read, is not a manifest or holds
 * a document that does not parse. One that is not valid for the schema is only logged: old clients must not keep a
 * server from starting.
 */
export async function readManifest(
  path: string,
  schema: GraphQLSchema,
  log: Logger,
): Promise<ReadonlyMap<string, string>> {
  const documents = documentsIn(await contentOf(path), path)
  const outdated: string[] = []
  for (const [id, text] of documents) {
    try {
      if (validate(schema, parse(text)).length > 0) outdated.push(id)
    } catch (error) {
      if (!(error instanceof GraphQLError)) throw error
      throw fault(path, `its document ${JSON.stringify(id)} is not valid GraphQL: ${error.message}`)
    }
  }
  if (outdated.length > 0) {
    log.warn('Trusted documents do not match the schema; requests for them get an error.', { ids: outdated })
  }
  return documents
}

async function contentOf(path: string): Promise<unknown> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    throw fault(path, `it cannot be read (${codeOf(error) ?? String(error)}). Correct TRUSTED_DOCUMENTS.`)
  }
  try {
    return JSON.parse(text)
  } catch {
    throw fault(path, 'it is not JSON. Generate it again with your build tool.')
  }
}

function documentsIn(content: unknown, path: string): Map<string, string> {
  const apollo = ApolloManifest.safeParse(content)
  const entries = apollo.success
    ? apollo.data.operations.map(({ id, body }) => [id, body] as const)
    : Object.entries(DocumentMap.safeParse(content).data ?? {})
  if (entries.length === 0) {
    throw fault(
      path,
      'it contains no documents, neither as { "<id>": "<document>" } nor as an Apollo manifest.',
    )
  }
  const documents = new Map<string, string>()
  for (const [id, text] of entries) {
    const held = documents.get(id)
    if (held !== undefined && held !== text) {
      throw fault(path, `it contains two documents with the id ${JSON.stringify(id)}.`)
    }
    documents.set(id, text)
  }
  return documents
}

function fault(path: string, what: string): StartError {
  return new StartError(`The manifest of trusted documents, ${path}, cannot be used: ${what}`)
}
