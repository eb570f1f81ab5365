import { ApiError, BadInputError } from '../../schema/core/errors.ts'
import { type FeedFormat, feedFormats } from './formats.ts'
import { filterAsked, filterParameters, once, refuseUnknown, requiredDay } from './parameters.ts'

/** Which feed an address names. */
export interface FeedAddress {
  readonly kind: FeedKind
  readonly format: FeedFormat
  /** Of `/feeds/edition/`: its day. */
  readonly date: string | undefined
  /** The number of entries. */
  readonly n: number
  /** Only what arrived after this cursor of the feed. */
  readonly after: string | undefined
  /** Where the page before ended. */
  readonly page: string | undefined
  /** A `PaperFilter`, which the schema has not checked yet. */
  readonly filter: Record<string, unknown> | null
}

export type FeedKind = 'latest' | 'papers' | 'editions' | 'edition' | 'trending'

const parametersOf: Readonly<Record<FeedKind, readonly string[]>> = {
  latest: ['n', 'after', 'page'],
  papers: ['n', 'after', 'page', 'filter', ...filterParameters],
  editions: ['n', 'page'],
  edition: ['n', 'after', 'page'],
  trending: ['n', 'page', 'filter', ...filterParameters],
}

const defaultEntries = 50
const mostEntries = 200
/** Each entry of `/feeds/editions` is a whole list. */
const editionEntries = { usual: 20, most: 50 }

/** Reads the address of a feed. Throws ApiError: NOT_FOUND for another path, BAD_USER_INPUT for its parameters. */
export function readFeedAddress(path: string, params: URLSearchParams): FeedAddress {
  const [, name = '', day, ending = ''] =
    /^\/feeds\/(?:(latest|papers|editions|trending)|edition\/([^/]*))\.(\w+)$/.exec(path) ?? []
  const format = Object.hasOwn(feedFormats, ending) ? feedFormats[ending] : undefined
  if (!format)
    throw new ApiError(
      'NOT_FOUND',
      'No feed has this address. Feeds are /feeds/latest, /feeds/papers, /feeds/editions, /feeds/edition/2026-01-05 and /feeds/trending, each with .atom, .rss or .json at its end.',
    )
  const kind = day === undefined ? (name as FeedKind) : 'edition'
  refuseUnknown(params, parametersOf[kind])
  return {
    ...{ kind, format },
    date: day === undefined ? undefined : requiredDay('edition', day),
    n: countOf(params, kind),
    after: once('after', params),
    page: once('page', params),
    filter: filterAsked(params),
  }
}

function countOf(params: URLSearchParams, kind: FeedKind): number {
  const isOfEditions = kind === 'editions'
  const most = isOfEditions ? editionEntries.most : mostEntries
  const text = once('n', params) ?? String(isOfEditions ? editionEntries.usual : defaultEntries)
  const n = /^\d{1,9}$/.test(text) ? Number(text) : 0
  if (n < 1 || n > most) throw new BadInputError(`n: pass the number of entries, 1 to ${most}.`, ['n'])
  return n
}
