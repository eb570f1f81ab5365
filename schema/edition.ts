import { editionsByDates, listOfEditions } from '../db/editions.ts'
import { listingsOfEdition, splitListing } from '../db/listings.ts'
import { countList, readPage } from '../db/page.ts'
import { builder } from './builder.ts'
import { pageRequest, toConnection } from './connection.ts'
import { scopeOf } from './cursor.ts'
import { dayKey } from './ids.ts'
import { Listing, ListingConnection, listedPaperColumns } from './listing.ts'
import { ownedList } from './owned.ts'
import { countedAtMost } from './paging.ts'

export const Edition = builder.loadableNodeRef('Edition', {
  id: { resolve: (edition: { date: string }) => edition.date, parse: dayKey },
  load: (dates: string[], { db }) => editionsByDates(db, dates),
  sort: (edition) => edition.date,
})

Edition.implement({
  description:
    'The Daily Papers list of one day. It goes on filling for days, and papers rise and fall on it.',
  fields: (t) => ({
    date: t.expose('date', {
      type: 'Date',
      description: 'Its day. Not the day on which its papers were published.',
    }),
    listings: t.connection(
      {
        type: Listing,
        description: 'What it lists, the paper with the most upvotes first, as the page shows it.',
        resolve: ({ date }, args, context, info) => {
          const list = listingsOfEdition(listedPaperColumns(info))
          return ownedList('listings', date, 'date', list, splitListing, args, context, info)
        },
      },
      ListingConnection,
    ),
  }),
})

const EditionConnection = builder.connectionObject(
  { type: Edition, name: 'EditionConnection', description: 'A page of a list of editions.' },
  { name: 'EditionEdge', description: 'An edition in a list.' },
)

builder.queryFields((t) => ({
  edition: t.field({
    type: Edition,
    nullable: true,
    description: 'The edition of a day; null where that day has none.',
    args: {
      date: t.arg({ type: 'Date', required: true, description: 'The day. Example: `2026-01-05`.' }),
    },
    resolve: (_root, { date }) => date,
  }),
  editions: t.connection(
    {
      type: Edition,
      description: 'Editions, the newest first.',
      args: {
        from: t.arg({ type: 'Date', description: 'Only editions of this day and later.' }),
        to: t.arg({ type: 'Date', description: 'Only editions of this day and earlier.' }),
      },
      resolve: async (_root, { from, to, ...args }, { db }) => {
        const list = listOfEditions(from, to)
        const scope = { order: list.order, scope: scopeOf([from ?? null, to ?? null]) }
        const request = pageRequest(args, scope)
        const page = await readPage<{ date: string }>(db, list, request)
        return toConnection(
          page,
          request,
          scope,
          () => countList(db, list, countedAtMost),
          (row) => row,
        )
      },
    },
    EditionConnection,
  ),
}))
