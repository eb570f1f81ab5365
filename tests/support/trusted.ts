import { createHash } from 'node:crypto'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { inject } from 'vitest'
import type { Answer, TestApp } from './app.ts'

export const greeting = 'query Greeting { __typename }'
export const parsed = 'query Parsed($arxivId: String!) { paper(arxivId: $arxivId) { title } }'
export const events = 'subscription Events { feed(after: START, heartbeat: 1) { __typename } }'
export const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

/** Where the manifests are; removed at the end of the run. */
export const folder = mkdtempSync(join(inject('scratchFolder'), 'manifests-'))

/** Writes a manifest file and returns its path. */
export function manifest(name: string, content: unknown): string {
  const path = join(folder, name)
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}

/** One of the shape that Relay's compiler and GraphQL Code Generator write. */
export const relay = manifest('relay.json', { abc123: greeting, [sha256(parsed)]: parsed, events })

export async function get(app: TestApp, params: Record<string, string>): Promise<Answer> {
  const response = await fetch(`${app.endpoint}?${new URLSearchParams(params)}`)
  return { status: response.status, ...((await response.json()) as object) }
}

/** To `greeting`. */
export const answer = { status: 200, data: { __typename: 'Query' } }
/** How Apollo's clients name a document. */
export const apq = (text: string) => ({ persistedQuery: { version: 1, sha256Hash: sha256(text) } })

export const codeOf = ({ status, errors }: Answer) => [
  status,
  errors?.[0]?.extensions.code,
  errors?.[0]?.message,
]
