import { sql, type Transaction } from 'kysely'
import type { Tables } from '../tables.ts'
import { paperTerms, searchedColumns } from '../tokens/document.ts'
import { countAcronyms } from './acronyms.ts'
import { counters as counterNames, isSamePoint, onlyChanges, type Point } from './merge/counters.ts'
import type { MergedPaper } from './merge-batch.ts'
import { type MentionsOf, storeRelatedTerms } from './related-terms.ts'
import { equal } from './rows.ts'
import {
  counterColumns,
  insertRows,
  storeAuthors,
  storeHistory,
  storeKeywords,
  storeNames,
  updatePapers,
} from './store.ts'
import { makeWhileStoring } from './while-storing.ts'

/** Writes what a merged batch changed, a few statements whatever its size. */
export async function writeChanges(trx: Transaction<Tables>, papers: readonly MergedPaper[], now: string) {
  const created = papers.filter((paper) => !paper.before)
  const changed = papers.filter(
    (paper) => paper.before && (paper.outcome === 'changed' || paper.provenanceChanged),
  )
  await storeNames(trx, 'edition', new Set(papers.flatMap((paper) => paper.newListings)))
  const terms: MentionsOf[] = []
  const withTerms = ({ before, after }: MergedPaper) => {
    const { search, rankedWords, mentions } = paperTerms(after)
    terms.push({ id: after.id, isNew: !before, mentions })
    return { ...after, search, ranked_words: rankedWords }
  }
  await makeWhileStoring(created, withTerms, (rows) => insertRows(trx, 'paper', rows))
  const {
    counters = [],
    others = [],
    texts = [],
  } = Object.groupBy(changed, (paper) =>
    onlyCountersMoved(paper) ? 'counters' : textsMoved(paper) ? 'texts' : 'others',
  )
  const after = (paper: MergedPaper) => paper.after
  await updatePapers(trx, counters.map(after), 'counters')
  await updatePapers(trx, others.map(after), 'all')
  await makeWhileStoring(texts, withTerms, (rows) => updatePapers(trx, rows, 'all'))
  await storeRelatedTerms(trx, terms)
  await storeAuthors(
    trx,
    papers.flatMap(({ id, before, authors }) => (authors ? [{ paperId: id, isNew: !before, authors }] : [])),
  )
  await storeKeywords(
    trx,
    [...created, ...changed]
      .filter(({ before, after }) => !equal(before?.keyword_keys ?? [], after.keyword_keys))
      .map(({ id, before, after }) => ({ paperId: id, isNew: !before, keys: after.keyword_keys })),
  )
  await countAcronyms(trx, [...created, ...changed])
  await storeListings(trx, papers, now)
  await storePoints(trx, papers)
  await insertRows(
    trx,
    'paper_revision',
    papers.flatMap(({ id, revision }) => (revision ? [{ paper_id: id, ...revision }] : [])),
    'does nothing',
  )
  await insertRows(trx, 'paper_alias', papers.flatMap(aliases), 'does nothing')
}

function onlyCountersMoved({ before, after }: MergedPaper): boolean {
  return (
    before !== null &&
    Object.entries(after).every(
      ([column, value]) =>
        counterColumns.includes(column) || equal(before[column as keyof typeof after], value),
    )
  )
}

function textsMoved({ before, after }: MergedPaper): boolean {
  return searchedColumns.some((column) => !equal(before?.[column], after[column]))
}

async function storeListings(
  trx: Transaction<Tables>,
  papers: readonly MergedPaper[],
  now: string,
): Promise<void> {
  const rows = papers.flatMap(({ id, state, changedListings }) =>
    [...new Set(changedListings)].flatMap((date) => {
      const listing = state.listings.get(date)
      if (!listing) return []
      return {
        edition_date: date,
        paper_id: id,
        submitter_name: listing.submitter,
        submitted_at: listing.submittedAt,
        observed_at: listing.observedAt,
        first_observed_at: listing.firstObservedAt,
        recorded_at: listing.recordedAt ?? now,
      }
    }),
  )
  if (rows.length === 0) return
  await sql`
    insert into listing (
      edition_date, paper_id, submitter_name, submitted_at, observed_at, first_observed_at, recorded_at)
    select edition_date, paper_id, submitter_name, submitted_at, observed_at, first_observed_at, recorded_at
    from json_populate_recordset(null::listing, ${JSON.stringify(rows)}::json)
    on conflict (edition_date, paper_id) do update set
      submitter_name = excluded.submitter_name, submitted_at = excluded.submitted_at,
      observed_at = excluded.observed_at, first_observed_at = excluded.first_observed_at
  `.execute(trx)
}

/** Titles and days that records gave the paper and that its row does not show: records without an id find it by them. */
function aliases({ id, before, after, aliases: given }: MergedPaper) {
  const day = String(after.published_at).slice(0, 10)
  const names = [...given.values()]
  if (before)
    names.push({ title_key: before.title_key, published_on: String(before.published_at).slice(0, 10) })
  return names
    .filter((name) => name.title_key !== after.title_key || name.published_on !== day)
    .map((name) => ({ ...name, paper_id: id }))
}

async function storePoints(trx: Transaction<Tables>, papers: readonly MergedPaper[]): Promise<void> {
  const added: { paperId: number; point: Point }[] = []
  const late: MergedPaper[] = []
  for (const paper of papers) {
    // Once one point brings something new, all points are merged: another one of the same instant may be greater.
    if (!paper.points.some((point) => differsFromStored(paper, point))) continue
    const storedAt = paper.storedCounters.map((point) => point.observedAt).reduce(later, '')
    // A counter that is unknown may have been cleared: then only its history says what is new.
    const wasCleared = paper.before && paper.points.some((point) => setsUnknown(paper, point))
    if (wasCleared || paper.points.some((point) => point.observedAt <= storedAt)) late.push(paper)
    else {
      const stored = paper.storedCounters.map((point) => ({ ...point, observedAt: '' }))
      for (const point of onlyChanges([...stored, ...paper.points])) {
        if (point.observedAt !== '') added.push({ paperId: paper.id, point })
      }
    }
  }
  const removed = await insertLate(trx, late, added)
  await storeHistory(trx, added, removed)
}

/** Whether a point gives a counter another value than the stored one, or the same value earlier. */
function differsFromStored({ storedCounters }: MergedPaper, point: Point): boolean {
  return counterNames.some((counter) => {
    if (point[counter] === null) return false
    const stored = storedCounters.find((other) => other[counter] !== null)
    return stored?.[counter] !== point[counter] || point.observedAt < stored.observedAt
  })
}

function setsUnknown({ storedCounters }: MergedPaper, point: Point): boolean {
  return counterNames.some(
    (counter) => point[counter] !== null && storedCounters.every((stored) => stored[counter] === null),
  )
}

const later = (a: string, b: string) => (a > b ? a : b)

/** Points older than what is stored change the past: the whole history of those papers is made anew. */
async function insertLate(
  trx: Transaction<Tables>,
  papers: readonly MergedPaper[],
  added: { paperId: number; point: Point }[],
): Promise<{ paperId: number; observedAt: string }[]> {
  if (papers.length === 0) return []
  const ids = papers.map((paper) => paper.id)
  const rows = await trx
    .selectFrom('paper_history')
    .selectAll()
    .where('paper_id', '=', sql<number>`any(${ids}::bigint[])`)
    .execute()
  const histories = Map.groupBy(
    rows.map((row) => ({
      paperId: row.paper_id,
      observedAt: row.observed_at.toISOString(),
      upvotes: row.upvotes,
      commentCount: row.comment_count,
      githubStars: row.github_stars,
    })),
    (point) => point.paperId,
  )
  const removed: { paperId: number; observedAt: string }[] = []
  for (const paper of papers) {
    const before = (histories.get(paper.id) ?? []).map(({ paperId: _, ...point }) => point)
    const after = onlyChanges([...before, ...paper.points, ...paper.storedCounters])
    const isIn = (points: readonly Point[], point: Point) => points.some((other) => isSamePoint(other, point))
    for (const point of before)
      if (!isIn(after, point)) removed.push({ paperId: paper.id, observedAt: point.observedAt })
    for (const point of after) if (!isIn(before, point)) added.push({ paperId: paper.id, point })
  }
  return removed
}
