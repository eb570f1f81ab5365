import { badAddress } from './page-errors.ts'

/** What narrows a search, as its address has it. */
export interface Chosen {
  readonly year: string | null
  readonly keyword: string | null
  readonly organization: string | null
}

/** The parameters that narrow a search. */
export const facetParams = ['year', 'keyword', 'organization'] as const satisfies readonly (keyof Chosen)[]

/** All that stands in the address of a search. */
export interface SearchParams extends Chosen, Record<string, string | null> {
  readonly q: string
}

/** Throws an ApiError for a year that is none. */
export function readChosen(params: URLSearchParams): Chosen {
  const year = params.get('year') || null
  if (year !== null && !/^[1-9]\d{3}$/.test(year))
    throw badAddress('year: write a year as in 2026, or omit it.')
  return { year, keyword: params.get('keyword') || null, organization: params.get('organization') || null }
}

/** The parameters of a feed of what is found. */
export function feedParams({ q, year, keyword, organization }: SearchParams): URLSearchParams {
  return new URLSearchParams({
    text: q,
    ...(year !== null && { publishedFrom: `${year}-01-01`, publishedTo: `${year}-12-31` }),
    ...(keyword !== null && { keyword }),
    ...(organization !== null && { organization }),
  })
}

/** The `PaperFilter` of it; undefined for none. */
export function searchFilter({ year, keyword, organization }: Chosen): Record<string, unknown> | undefined {
  if (year === null && keyword === null && organization === null) return undefined
  return {
    ...(year !== null && { publishedFrom: `${year}-01-01`, publishedTo: `${year}-12-31` }),
    ...(keyword !== null && { keywords: [keyword] }),
    ...(organization !== null && { organizations: [organization] }),
  }
}
