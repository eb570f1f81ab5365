import type { GraphQLError } from 'graphql'
import { ApiError } from '../../schema/core/errors.ts'
import { maximumPageSize } from '../../schema/core/paging.ts'
import type { FeedAddress } from './address.ts'
import {
  type EditionsAnswer,
  editionDocument,
  editionsDocument,
  type PapersAnswer,
  papersDocument,
} from './documents.ts'
import {
  type EntrySurroundings,
  entryOfEdition,
  entryOfPaper,
  type FeedPaper,
  type SyndicatedEntry,
  uuidUrn,
} from './entries.ts'

/** Executes a query and resolves with its data; rejects with its first error. */
export type Ask = <Data>(document: string, variables: Readonly<Record<string, unknown>>) => Promise<Data>

/** The entries of a feed, and where the next page of it begins; undefined at its end. */
export interface SyndicatedPage {
  readonly entries: readonly SyndicatedEntry[]
  readonly nextPage: string | undefined
}

/** How long a trending list is kept: papers leave it as they get older. */
const trendingGrainMs = 300_000

/** The beginning of the time that a trending list is kept for. */
export function trendingInstant(now: Date): Date {
  return new Date(Math.floor(now.getTime() / trendingGrainMs) * trendingGrainMs)
}

/** Every day of an edition is after this one: papers on any edition. */
const beforeEditions = '1900-01-01'

/** Reads what a feed shows. Rejects with an ApiError for an edition that does not exist, and with refusals of the API. */
export async function readFeed(
  address: FeedAddress,
  ask: Ask,
  surroundings: EntrySurroundings,
): Promise<SyndicatedPage> {
  const { kind, date, n, page: after } = address
  if (kind === 'editions') {
    const { editions } = await ask<EditionsAnswer>(editionsDocument, { first: n, after }).catch(renamed)
    return {
      entries: editions.nodes.flatMap((edition) => entryOfEdition(edition, surroundings) ?? []),
      nextPage: pageAfter(editions.pageInfo),
    }
  }
  if (date !== undefined) {
    const { edition } = await ask<{ edition: object | null }>(editionDocument, { date })
    if (!edition)
      throw new ApiError('NOT_FOUND', `No edition of ${date} exists. /feeds/editions.atom has those that do.`)
  }
  const filter =
    kind === 'latest'
      ? { editionFrom: beforeEditions }
      : kind === 'edition'
        ? { editionFrom: date, editionTo: date }
        : address.filter
  // Without `asOf`: of now or, if nothing is new, of the newest day; later pages are of the moment of the first.
  const order =
    kind === 'trending' ? { order: 'TRENDING' } : { order: 'ARRIVAL', arrivedAfter: address.after }
  const papers: FeedPaper[] = []
  let nextPage = after
  do {
    const first = Math.min(n - papers.length, maximumPageSize)
    const variables = { filter, ...order, first, after: nextPage }
    const page = await ask<PapersAnswer>(papersDocument, variables).catch(renamed)
    papers.push(...page.papers.nodes)
    nextPage = pageAfter(page.papers.pageInfo)
  } while (nextPage !== undefined && papers.length < n)
  return { entries: papers.map((paper) => entryOfPaper(paper, surroundings)), nextPage }
}

function pageAfter({ hasNextPage, endCursor }: PapersAnswer['papers']['pageInfo']): string | undefined {
  return hasNextPage ? (endCursor ?? undefined) : undefined
}

/** The arguments of the API and the parameters that they come from, where the names differ. */
const parameterNames: Readonly<Record<string, string>> = { after: 'page', arrivedAfter: 'after' }

/** Rejects with the same error in the words of the address. */
function renamed(error: GraphQLError): never {
  const { argument } = error.extensions
  const name = typeof argument === 'string' ? parameterNames[argument] : undefined
  if (name === undefined) throw error
  throw new ApiError('BAD_USER_INPUT', error.message.replace(/^\w+:/, `${name}:`), { argument: name })
}

/** The id of a feed, which survives moves of the server: of the database, and of what is asked. */
export function feedId({ kind, date, filter }: FeedAddress, epoch: string): string {
  return uuidUrn(`${epoch} feed ${JSON.stringify([kind, date ?? null, filter])}`)
}
