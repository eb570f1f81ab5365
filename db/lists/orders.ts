import type { Order } from './page.ts'

const id = { kind: 'integer', sql: 'p.id' } as const

/** The orders of papers that are read off an index of their own, over the alias `p`. */
export const paperOrders = {
  NEWEST: { name: 'NEWEST', keys: [{ kind: 'instant', sql: 'p.published_at' }, id] },
  EDITION: {
    name: 'EDITION',
    keys: [
      { kind: 'day', sql: `coalesce(p.last_listed_on, '0001-01-01'::date)` },
      { kind: 'integer', sql: 'p.upvotes' },
      id,
    ],
  },
  UPVOTES: { name: 'UPVOTES', keys: [{ kind: 'integer', sql: 'p.upvotes' }, id] },
  COMMENTS: { name: 'COMMENTS', keys: [{ kind: 'integer', sql: 'p.comment_count' }, id] },
  STARS: { name: 'STARS', keys: [{ kind: 'integer', sql: 'coalesce(p.github_stars, -1)' }, id] },
} as const satisfies Record<string, Order>

/** By a number that the statement itself works out: see db/trending.ts, db/search/search.ts and db/arrivals.ts. */
export const computedOrders = {
  /** The instant is the same for all rows: it travels in the cursor, so that the next page is of the same moment. */
  TRENDING: {
    name: 'TRENDING',
    keys: [{ kind: 'instant', sql: 't.as_of' }, { kind: 'number', sql: 't.score' }, id],
  },
  ARRIVAL: { name: 'ARRIVAL', keys: [{ kind: 'integer', sql: 'a.arrival' }] },
  RELEVANCE: {
    name: 'RELEVANCE',
    keys: [
      { kind: 'number', sql: 'r.relevance' },
      { kind: 'integer', sql: 'r.id' },
    ],
  },
} as const satisfies Record<string, Order>

export type PaperListOrder = keyof typeof paperOrders
export type PaperOrder = PaperListOrder | keyof typeof computedOrders

/** Listings of one edition: by the votes of their papers, as the page shows them. */
export const listingsByVotes: Order = {
  name: 'VOTES',
  keys: [
    { kind: 'integer', sql: 'p.upvotes' },
    { kind: 'integer', sql: 'l.paper_id' },
  ],
}

/** Listings of many editions: the newest edition first. */
export const listingsByEdition: Order = {
  name: 'EDITION',
  keys: [
    { kind: 'day', sql: 'l.edition_date' },
    { kind: 'integer', sql: 'l.paper_id' },
  ],
}

export const editionsByDate: Order = { name: 'DATE', keys: [{ kind: 'day', sql: 'e.date' }] }

/** By when a paper last came onto them. */
export const editionsByArrival: Order = {
  name: 'ARRIVAL',
  keys: [{ kind: 'instant', sql: 'e.arrived_at' }, ...editionsByDate.keys],
}
