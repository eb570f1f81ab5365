import { parse } from 'graphql'
import type { JsonResult } from './execution.ts'

/** What `/feed` sends, and webhooks: this document's events, each as in a GraphQL result. */
export const feedDocument = parse(/* GraphQL */ `
subscription Feed($after: FeedCursor!, $kinds: [FeedEventKind!], $filter: PaperFilter, $heartbeat: Int!) {
  feed(after: $after, kinds: $kinds, filter: $filter, heartbeat: $heartbeat) {
    type: __typename
    cursor
    previousCursor
    ... on PaperEvent {
      recordedAt
      source
      paper {
        id arxivId title abstract publishedAt authorCount authors(first: 100) { nodes { name } }
        upvotes commentCount categories aiSummary aiKeywords organization { name }
        githubRepo projectPage thumbnailUrl pageUrl arxivUrl firstListedOn lastListedOn withdrawnAt
      }
    }
    ... on PaperUpdated { changes { field before after } }
    ... on PaperListed { editionDate submitterName submittedAt }
    ... on PaperWithdrawn { withdrawnAt }
    ... on FeedHeartbeat {
      caughtUpAt reconnectAfter
      sources: changedSources { name lastReadAt lastSuccessAt late }
      edition: changedEdition { date closed expectedCount seenCount }
    }
  }
}`)

/** The event of a result of that document, with the errors of fields that are null because of them; undefined if it has none. */
export function eventJson({ fields, errors = [] }: JsonResult): string | undefined {
  const event = fields?.[0]?.json
  return event === undefined || errors.length === 0 ? event : JSON.stringify({ ...JSON.parse(event), errors })
}
