import { parse, print } from 'graphql'
import type { Html } from '../html.ts'
import type { Links } from './links.ts'

/** What the address of a page says. */
export interface PageAddress {
  /** What follows the folder of the page, decoded: `2026-01-05` of `/editions/2026-01-05`. Empty for `/` and `/trending`. */
  readonly name: string
  readonly params: URLSearchParams
}

/** What a page asks of the API, and how it shows the answer. */
export interface PageQuery {
  /** One query; readers can open it in GraphiQL. */
  readonly document: string
  readonly variables: Readonly<Record<string, unknown>>
  /** Whether the answer changes with the time though nothing was committed. */
  readonly isClocked?: boolean
  /** Throws an ApiError, NOT_FOUND, if the answer says that there is no such thing. */
  readonly show: (data: unknown, links: Links) => PageContent
}

/** The content of a page; the layout is the same for all. */
export interface PageContent {
  /** As browsers and other sites show it. */
  readonly title: string
  /** One or two sentences for other sites. */
  readonly description: string
  /** The canonical path, without a slash at its start. */
  readonly path: string
  readonly main: Html
  /** Where the feed was when the page was made; undefined for a page that does not change while it is read. */
  readonly position?: string
  /** What is announced while the page is read: listings on the newest edition or on one, or the entries of `feed`. */
  readonly arrivals?: { readonly date: string; readonly newest: boolean } | 'feed' | undefined
  readonly isArticle?: boolean
  /** The Atom feed of what the page lists, without a slash at its start; its parameters encoded. */
  readonly feed?: { readonly title: string; readonly path: string }
  /** The `PaperFilter` of what the page lists, for a digest of the same papers. */
  readonly filter?: Readonly<Record<string, unknown>>
  /** Whether search engines are asked to leave the page out. */
  readonly noIndex?: boolean
}

/** Reads an address. Throws an ApiError for one that cannot be a page. */
export type ReadPage = (address: PageAddress) => PageQuery

/** A document as GraphiQL shows it, whatever parts it is made of. */
export function pageDocument(...parts: readonly string[]): string {
  return print(parse(parts.join('\n')))
}

/** A query whose data is of a type. */
export function pageQuery<Data>(
  document: string,
  variables: PageQuery['variables'],
  show: (data: Data, links: Links) => PageContent,
): PageQuery {
  return { document, variables, show: (data, links) => show(data as Data, links) }
}
