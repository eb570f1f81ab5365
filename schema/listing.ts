import type { GraphQLResolveInfo } from 'graphql'
import {
  type ListingFields,
  listingsByPaperIds,
  listingsBySubmitter,
  listingsOfEdition,
  maxListingsPerPaper,
  splitListing,
} from '../db/listings.ts'
import type { PaperColumn } from '../db/papers.ts'
import { paperColumns } from '../db/papers.ts'
import { Account } from './account.ts'
import { builder } from './core/builder.ts'
import { paperColumnsBelow } from './core/plan.ts'
import { Edition } from './edition.ts'
import { ownedList } from './owned.ts'
import { Paper, referredPaper } from './paper.ts'

const Listing = builder.objectRef<ListingFields>('Listing').implement({
  description:
    'A paper on an edition, with the account that submitted it. Several editions can list the same paper.',
  fields: (t) => ({
    edition: t.field({
      type: Edition,
      description: 'The edition.',
      resolve: ({ edition_date }) => ({ date: edition_date }),
    }),
    paper: t.field({
      type: Paper,
      description: 'The paper.',
      resolve: ({ paper, paper_id }, _args, context, info) => paper ?? referredPaper(paper_id, context, info),
    }),
    submitter: t.field({
      type: Account,
      nullable: true,
      description: 'The account that submitted the paper. Null if unknown.',
      resolve: ({ submitter_name }) => submitter_name,
    }),
    submittedAt: t.expose('submitted_at', {
      type: 'DateTime',
      nullable: true,
      description: 'When the paper was submitted. Null if unknown, e.g. if the source reports only the day.',
    }),
    recordedAt: t.expose('recorded_at', {
      type: 'DateTime',
      description: 'When this server first stored the listing.',
    }),
  }),
})

const ListingConnection = builder.connectionObject(
  { type: Listing, name: 'ListingConnection', description: 'A page of listings.' },
  { name: 'ListingEdge', description: 'A listing in a list.' },
)

builder.objectFields(Paper, (t) => ({
  listings: t.loadableGroup({
    type: Listing,
    extensions: { columns: ['id'], bound: maxListingsPerPaper, cost: 0.05 },
    listSize: { assumedSize: 2 }, // as the bound would have it, a page of papers would seem beyond any limit
    description: `The listings of the paper on editions, newest edition first: at most ${maxListingsPerPaper}. Most papers have one.`,
    load: (ids: number[], { db }) => listingsByPaperIds(db, ids),
    group: ({ paper_id }) => paper_id,
    resolve: ({ id }) => id,
  }),
}))

builder.objectFields(Account, (t) => ({
  submissions: t.connection(
    {
      type: Listing,
      extensions: { cost: 0.5 },
      description: 'The listings that the account submitted, newest edition first.',
      resolve: ({ name }, args, context, info) => {
        const wanted = listedPaperColumns(info)
        const list = listingsBySubmitter(wanted)
        const parent = { name: 'submissions', key: name, list, wanted, toNode: splitListing }
        return ownedList(parent, args, context, info)
      },
    },
    ListingConnection,
  ),
}))

builder.objectFields(Edition, (t) => ({
  listings: t.connection(
    {
      type: Listing,
      extensions: { cost: 0.5 },
      description: 'The listings of the edition, most upvotes first, as Hugging Face shows them.',
      resolve: ({ date }, args, context, info) => {
        const wanted = listedPaperColumns(info)
        const list = listingsOfEdition(wanted)
        const parent = { name: 'listings', key: date, list, wanted, toNode: splitListing }
        return ownedList(parent, args, context, info)
      },
    },
    ListingConnection,
  ),
}))

/** The columns of the papers below a connection of listings. */
function listedPaperColumns(info: GraphQLResolveInfo): ReadonlySet<PaperColumn> {
  return paperColumnsBelow(info, ['nodes', 'paper'], ['edges', 'node', 'paper']) ?? new Set(paperColumns)
}
