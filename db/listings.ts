import { sql } from 'kysely'
import type { Db } from './database.ts'
import { keyTable } from './keys.ts'
import { listingsByEdition, listingsByVotes } from './lists/orders.ts'
import type { OwnedList } from './lists/owned.ts'
import type { List } from './lists/page.ts'
import { type PaperColumn, type PaperFields, selectPaper } from './papers.ts'
import { prepared } from './prepared.ts'
import type { ListingRow } from './tables.ts'

/** A listing; with its paper where the read joined it. */
export type ListingFields = ListingColumns & { paper?: PaperFields }
/** As a joined read gives it: the paper's columns beside the listing's. */
export type JoinedListingRow = PaperFields & ListingColumns
type ListingColumns = Omit<ListingRow, 'observed_at' | 'first_observed_at'>

/** Listings of editions, with the wanted columns of their papers. */
export function listingsOfEdition(wanted: ReadonlySet<PaperColumn>): OwnedList {
  return {
    ...joined(wanted),
    prepared: true,
    owned: (day) => sql`l.edition_date = ${day}`,
    keyType: 'date',
    order: listingsByVotes,
  }
}

/** Listings by submitters, with the wanted columns of their papers. */
export function listingsBySubmitter(wanted: ReadonlySet<PaperColumn>): OwnedList {
  return {
    ...joined(wanted),
    owned: (name) => sql`l.submitter_name = ${name}`,
    keyType: 'text',
    order: listingsByEdition,
  }
}

function joined(wanted: ReadonlySet<PaperColumn>): Pick<List, 'select' | 'from'> {
  return {
    select: sql`l.edition_date, l.paper_id, l.submitter_name, l.submitted_at, l.recorded_at, ${selectPaper(wanted)}`,
    from: sql`listing l join paper p on p.id = l.paper_id`,
  }
}

export function splitListing(row: JoinedListingRow): ListingFields {
  const { edition_date, paper_id, submitter_name, submitted_at, recorded_at, ...paper } = row
  return { edition_date, paper_id, submitter_name, submitted_at, recorded_at, paper }
}

/** The number of editions that a paper's `listings` show at most; the record so far is two. */
export const maxListingsPerPaper = 20

/** The newest listings of each paper, newest first. */
export function listingsByPaperIds(db: Db, ids: readonly number[]): Promise<ListingFields[]> {
  return db
    .selectFrom(keyTable(ids, 'bigint'))
    .crossJoinLateral((eb) =>
      eb
        .selectFrom('listing as l')
        .select(['l.edition_date', 'l.paper_id', 'l.submitter_name', 'l.submitted_at', 'l.recorded_at'])
        .whereRef('l.paper_id', '=', 'k.key')
        .orderBy('l.edition_date', 'desc')
        .limit(maxListingsPerPaper)
        .as('newest'),
    )
    .modifyFront(prepared)
    .selectAll('newest')
    .orderBy('newest.paper_id')
    .orderBy('newest.edition_date', 'desc')
    .execute()
}
