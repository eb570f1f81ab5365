import { computedOrders } from '../../db/lists/orders.ts'
import type { SearchedFor, SearchKind, TypedSearch } from '../../db/search/search.ts'
import { type CursorScope, scopeLength, scopeOf, scopeOfCursor } from '../core/connection.ts'
import { mayBeMeantBy } from '../filter.ts'

/**
 * The scope of a search. It ends with the repaired text: when more papers have come, the next page is still one of the
 * list that the first page was of.
 */
export function scopeOfSearch(search: TypedSearch, { kind, repairedText }: SearchedFor): CursorScope {
  return new SearchScope(kind === 'typed' ? search.typed : [search.typed, kind], repairedText)
}

/** Named where a cursor is read or made. */
class SearchScope implements CursorScope {
  readonly order = computedOrders.RELEVANCE
  readonly #parts: unknown
  readonly #repairedText: string
  #scope: string | undefined

  constructor(parts: unknown, repairedText = '') {
    this.#parts = parts
    this.#repairedText = repairedText
  }

  get scope(): string {
    this.#scope ??= scopeOf(this.#parts) + this.#repairedText
    return this.#scope
  }
}

/** What a search looked for when it gave out a cursor. A cursor of another list is left to who decodes it. */
export function searchedFor(search: TypedSearch, cursor: string): SearchedFor {
  const scope = scopeOfCursor(cursor) ?? ''
  const isOf = (kind: SearchKind) => scopeOfSearch(search, { kind }).scope === scope.slice(0, scopeLength)
  const repairedText = scope.slice(scopeLength)
  if (repairedText === '') return { kind: isOf('words') ? 'words' : 'typed' }
  const isMeant =
    search.dated?.searches.some(({ text }) => text === repairedText) ||
    mayBeMeantBy(String(search.words.text), repairedText)
  return isMeant && isOf('repaired') ? { kind: 'repaired', repairedText } : { kind: 'typed' }
}
