import type { Order } from './page.ts'

const id = { kind: 'integer', sql: 'p.id' } as const

/** The orders of papers, over the alias `p`. Each is served by an index of its own. */
export const paperOrders = {
  NEWEST: { name: 'NEWEST', keys: [{ kind: 'instant', sql: 'p.published_at' }, id] },
} as const satisfies Record<string, Order>

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
