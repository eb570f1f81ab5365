import { createHash } from 'node:crypto'
import type { Plugin } from 'graphql-yoga'
import { type ApiError, requestError } from '../../schema/core/errors.ts'

/** The parts of a request, over any transport, that say which document is asked. */
export interface Asked {
  readonly query?: unknown
  /** As the appendix on persisted documents of GraphQL over HTTP has it: an id, or `sha256:<hex>`. */
  readonly documentId?: unknown
  /** `persistedQuery.sha256Hash` is how Apollo's clients name a document. */
  readonly extensions?: unknown
}

/** Which documents are known by an id, and whether others are taken. */
export interface TrustedDocuments {
  /** The text to execute; undefined where none was asked. Throws an ApiError that says why not. */
  documentOf(asked: Asked): string | undefined
  /** The id that the manifest gives a document; undefined for others. */
  idOf(text: string): string | undefined
}

export interface TrustedOptions {
  /** Documents by id; undefined without a manifest. */
  readonly documents?: ReadonlyMap<string, string> | undefined
  /** Whether nothing else is executed. */
  readonly only: boolean
}

interface Name {
  readonly id: string
  /** Clients of the protocol of automatic persisted queries compare the message of an error, word for word. */
  readonly automatic: boolean
}

/** Each document is known by its id in the manifest and by the SHA-256 of its text. */
export function createTrustedDocuments({ documents, only }: TrustedOptions): TrustedDocuments {
  const byName = new Map<string, string>()
  for (const text of documents?.values() ?? []) byName.set(sha256(text), text)
  for (const [id, text] of documents ?? []) byName.set(id, text)
  const idByText = new Map([...(documents ?? [])].map(([id, text]) => [text, id]))

  return {
    idOf: (text) => idByText.get(text),
    documentOf(asked) {
      const name = nameOf(asked)
      const text = typeof asked.query === 'string' && asked.query !== '' ? asked.query : undefined
      if (!name) {
        if (only && text !== undefined) throw notTrusted()
        return text
      }
      const trusted = byName.get(name.id) ?? byName.get(name.id.replace(/^sha256:/, ''))
      if (trusted !== undefined) {
        if (text === undefined || text === trusted) return trusted
        throw only ? notTrusted() : otherText(name)
      }
      if (text === undefined) throw documents ? notFound(name, only) : notSupported(name)
      if (only) throw notTrusted()
      if (name.automatic && sha256(text) !== name.id) throw otherText(name)
      return text
    },
  }
}

/** Puts the text of a document in the place of its id, for HTTP and SSE. */
export function trustDocuments({ documentOf }: TrustedDocuments): Plugin {
  return {
    onParams({ params, setParams }) {
      // What is no object, Yoga refuses.
      if (typeof params !== 'object' || params === null) return
      const { documentId, ...rest } = params as typeof params & Asked
      const query = documentOf(params)
      if (query !== undefined) setParams({ ...rest, query })
      else if (documentId !== undefined) setParams(rest)
    },
  }
}

function nameOf({ documentId, extensions }: Asked): Name | undefined {
  if (documentId != null && documentId !== '') {
    if (typeof documentId !== 'string') throw requestError('BAD_REQUEST', 'documentId: pass a string.')
    return { id: documentId, automatic: false }
  }
  const { persistedQuery } = (extensions ?? {}) as { persistedQuery?: { sha256Hash?: unknown } | null }
  const hash = persistedQuery?.sha256Hash
  return typeof hash === 'string' ? { id: hash, automatic: true } : undefined
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

function notTrusted(): ApiError {
  return requestError(
    'DOCUMENT_NOT_TRUSTED',
    'This server executes only trusted documents. Send the documentId of one of them, and no other query.',
  )
}

function notFound({ id, automatic }: Name, only: boolean): ApiError {
  const instead = only ? '' : ', or the document itself'
  const sentence = `No trusted document has the id ${shown(id)}. Send one from the manifest${instead}.`
  return automatic
    ? requestError('PERSISTED_QUERY_NOT_FOUND', 'PersistedQueryNotFound', { hint: sentence })
    : requestError('PERSISTED_QUERY_NOT_FOUND', sentence)
}

function notSupported({ automatic }: Name): ApiError {
  const sentence = 'This server has no manifest of documents. Send the document itself as query.'
  return automatic
    ? requestError('PERSISTED_QUERY_NOT_SUPPORTED', 'PersistedQueryNotSupported', { hint: sentence })
    : requestError('PERSISTED_QUERY_NOT_SUPPORTED', sentence)
}

function otherText({ id }: Name): ApiError {
  return requestError(
    'PERSISTED_QUERY_MISMATCH',
    `query is not the document with the id ${shown(id)}. Send only one of the two.`,
  )
}

function shown(id: string): string {
  return JSON.stringify(id.length > 80 ? `${id.slice(0, 80)}…` : id)
}
