import { eventColumns, type NewFeedEvent, type PaperChanges } from '../feed/events.ts'
import type { SourceName } from '../model/record.ts'
import type { MergedPaper } from './merge-batch.ts'
import { equal, type StoredPaper, snapshot } from './rows.ts'

/** The events of a batch: paper by paper, in the order in which the batch first describes them. */
export function eventsOf(papers: readonly MergedPaper[], source: SourceName): NewFeedEvent[] {
  const events: NewFeedEvent[] = []
  for (const paper of papers) {
    const { id: paper_id, before, after } = paper
    const withdrawn = after.withdrawn_at !== null && !before?.withdrawn_at ? String(after.withdrawn_at) : null
    if (!before) events.push({ kind: 'ingested', paper_id, source, data: { paper: snapshot(after) } })
    else {
      const changed = changesOf(before, after, withdrawn !== null)
      if (Object.keys(changed).length > 0)
        events.push({ kind: 'updated', paper_id, source, data: { changed } })
    }
    if (withdrawn !== null) {
      events.push({ kind: 'withdrawn', paper_id, source, data: { withdrawnAt: withdrawn } })
    }
    for (const date of paper.newListings.toSorted()) {
      const listing = paper.state.listings.get(date)
      const data = { submitter: listing?.submitter ?? null, submittedAt: listing?.submittedAt ?? null }
      events.push({ kind: 'listed', paper_id, source, edition_date: date, data })
    }
  }
  return events
}

/** A link between an author and an account changes no name: such an update gives the same names before and after. */
function changesOf(before: StoredPaper, after: StoredPaper, withdrawalIsOwnEvent: boolean): PaperChanges {
  const relinked = before.authors_digest !== after.authors_digest
  const resubmitted =
    equal(before.listed_on, after.listed_on) && !equal(before.submitter_names, after.submitter_names)
  const columns = [...eventColumns, ...(resubmitted ? (['submitter_names'] as const) : [])]
  return Object.fromEntries(
    columns
      .filter((column) => !equal(before[column], after[column]) || (relinked && column === 'author_names'))
      .filter((column) => !(withdrawalIsOwnEvent && column === 'withdrawn_at'))
      .map((column) => [column, { before: before[column], after: after[column] }]),
  )
}
