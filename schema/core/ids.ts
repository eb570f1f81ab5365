import { isDay } from '../../db/model/period.ts'
import { BadInputError, type InputPath } from './errors.ts'

/** A decoded global id; the key is the type's own: an author's name, an edition's day, a paper's number. */
export interface NodeId {
  typename: string
  id: string
}

/** Base64 of `Type:key` in UTF-8, so that any name of any script can be a key. */
export function encodeGlobalId(typename: string, id: string | number | bigint): string {
  return Buffer.from(`${typename}:${id}`, 'utf8').toString('base64')
}

/** Throws BadInputError for whatever this server cannot have given out. */
export function decodeGlobalId(globalId: string): NodeId {
  const id = parseGlobalId(globalId)
  if (!id) throw malformedId(globalId)
  return id
}

/** Undefined for whatever is not an id of ours. */
export function parseGlobalId(globalId: string): NodeId | undefined {
  const bytes = Buffer.from(globalId, 'base64')
  const text = bytes.toString('utf8')
  const colon = text.indexOf(':')
  const typename = text.slice(0, colon)
  const id = text.slice(colon + 1)
  const known = colon > 0 && /^[A-Z][A-Za-z]*$/.test(typename) && id !== '' && !id.includes('\0')
  // Encoding it again proves that nothing was skipped: Buffer ignores whatever is not base64 or not UTF-8.
  return known && encodeGlobalId(typename, id) === globalId ? { typename, id } : undefined
}

export function malformedId(globalId: string, path: InputPath = ['id']): BadInputError {
  const shown = globalId.length > 60 ? `${globalId.slice(0, 60)}…` : globalId
  return new BadInputError(
    `${JSON.stringify(shown)} is not a global id: pass the \`id\` of an object that this API returned.`,
    path,
  )
}

/** The key in a global id of this type. Throws BadInputError for an id of another type. */
export function globalIdFor(typename: string, globalId: string, path: InputPath = ['id']): string {
  const id = parseGlobalId(globalId)
  if (id?.typename === typename) return id.id
  if (!id) throw malformedId(globalId, path)
  const [given, wanted] = [id.typename, typename].map(
    (name) => `${/^[AEIOU]/.test(name) ? 'an' : 'a'} ${name}`,
  )
  throw new BadInputError(`This is the global id of ${given}: pass one of ${wanted}.`, path)
}

/** The key of a type that is numbered. */
export function integerKey(key: string): number {
  if (!/^[1-9]\d{0,14}$/.test(key)) throw new BadInputError(`${JSON.stringify(key)} is not a valid id.`)
  return Number(key)
}

/** The key of a type that is known by its day. */
export function dayKey(key: string): string {
  if (!isDay(key)) throw new BadInputError(`${JSON.stringify(key)} is not a day.`)
  return key
}
