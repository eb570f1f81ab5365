import type { Authority } from '../model/paper-fields.ts'
import type { AuthorRecord, PaperRecord } from '../model/record.ts'
import { titleKey } from '../model/text.ts'
import type { Outcome } from './batch.ts'
import type { IdentifiedRecord } from './identify.ts'
import { applyRecord, confirmStamps, lastGivenAt } from './merge/apply-record.ts'
import { counters, noCounters, type Point } from './merge/counters.ts'
import { unknownValues } from './merge/values.ts'
import { type EditionReadingUpdate, setsAllFields } from './readings.ts'
import { withDigest } from './record-digest.ts'
import { equal, type StoredPaper, toRow } from './rows.ts'
import { applyListing, type PaperState } from './state.ts'

/** A paper after the batch, beside what it was. */
export interface MergedPaper {
  id: number
  outcome: Outcome
  state: PaperState
  /** Null for a new paper. */
  before: StoredPaper | null
  after: StoredPaper
  /** Whether the row has to be written though no value changed: only who gave it when. */
  provenanceChanged: boolean
  /** Given when the list of authors is another. */
  authors: readonly AuthorRecord[] | null
  /** Edition days whose listing is new, and all whose row has to be written. */
  newListings: string[]
  changedListings: string[]
  /** What the batch observed of its counters, and the stored ones: a point each, at the instant it was last given. */
  points: Point[]
  storedCounters: Point[]
  /** The text that others have replaced. */
  revision: {
    seen_at: string
    replaced_at: string
    source: string
    title: string
    abstract: string | null
  } | null
  /** Titles and days under which records named it. */
  aliases: Map<string, { title_key: string; published_on: string }>
}

/** While records are merged into it. */
type UnfinishedPaper = Omit<MergedPaper, 'outcome' | 'after'>

interface MergeInput {
  records: readonly IdentifiedRecord[]
  /** Those that are stored. */
  papers: Map<number, PaperState>
  authority: Authority
  readings: readonly EditionReadingUpdate[]
  now: string
}

/** Merges all records of a batch into the papers they describe; touches no database. */
export function mergeBatch({ records, papers, authority, readings, now }: MergeInput): MergedPaper[] {
  const merged = new Map<number, UnfinishedPaper>()
  for (const id of readings.flatMap((reading) => reading.dropped)) {
    const state = papers.get(id)
    if (!state) continue
    const paper = begin(state, now)
    paper.provenanceChanged = confirmStamps(state, state.confirmations)
    merged.set(id, paper)
  }
  const readingOf = new Map(readings.map((reading) => [reading.edition_date, reading]))
  for (const { id, record, digest } of records) {
    const paper = merged.get(id) ?? begin(papers.get(id) ?? newPaper(id), now)
    merged.set(id, paper)
    mergeRecord(paper, record, authority, isConfirmed(record, id, authority, readingOf))
    paper.state.mergedRecords = withDigest(paper.state.mergedRecords, digest)
  }
  return [...merged.values()].map((paper) => finish(paper, now))
}

function mergeRecord(
  paper: UnfinishedPaper,
  record: PaperRecord,
  authority: Authority,
  confirmed: boolean,
): void {
  const { state } = paper
  if (record.arxivId) state.arxivId = record.arxivId
  const { title, abstract } = state.values
  const textSince = lastGivenAt(state, 'title', state.confirmations)
  const textFrom = state.stamps.get('title')?.authority
  const { changed, stamped } = applyRecord(state, record, authority, state.confirmations)
  if (stamped && !confirmed) paper.provenanceChanged = true
  if (changed.includes('authors') && record.authors) paper.authors = record.authors
  if (title !== null && (changed.includes('title') || changed.includes('abstract'))) {
    paper.revision ??= {
      seen_at: textSince ?? record.observedAt,
      replaced_at: record.observedAt,
      source: textFrom ?? authority,
      title,
      abstract,
    }
  }
  if (record.listing) {
    const { date } = record.listing
    const applied = applyListing(state, record.listing, record.observedAt)
    if (applied === 'new') paper.newListings.push(date)
    if (applied !== 'unchanged' && !(applied === 'confirmed' && confirmed)) paper.changedListings.push(date)
  }
  const { upvotes = null, commentCount = null, githubStars = null } = record
  paper.points.push({ observedAt: record.observedAt, upvotes, commentCount, githubStars })
  const alias = { title_key: titleKey(record.title), published_on: record.publishedAt.slice(0, 10) }
  paper.aliases.set(`${alias.published_on} ${alias.title_key}`, alias)
}

/** Whether the edition's reading keeps that the record was seen, so that the paper's own row need not. */
function isConfirmed(
  record: PaperRecord,
  id: number,
  authority: Authority,
  readings: Map<string, EditionReadingUpdate>,
): boolean {
  const reading = record.listing && readings.get(record.listing.date)
  return (
    reading !== undefined &&
    reading.read_at >= record.observedAt &&
    reading.paper_ids.includes(id) &&
    setsAllFields(record, authority)
  )
}

function begin(state: PaperState, now: string): UnfinishedPaper {
  return {
    id: state.id,
    state,
    before: state.isNew ? null : toRow(state, now),
    provenanceChanged: false,
    authors: null,
    newListings: [],
    changedListings: [],
    points: [],
    storedCounters: counters.flatMap((counter) => {
      const observedAt = lastGivenAt(state, counter, state.confirmations)
      return observedAt === undefined ? [] : [{ ...noCounters, observedAt, [counter]: state.values[counter] }]
    }),
    revision: null,
    aliases: new Map(),
  }
}

function finish(paper: UnfinishedPaper, now: string): MergedPaper {
  const { before, state } = paper
  const merged = toRow(state, now)
  const after = before && textDiffers(before, merged) ? { ...merged, text_changed_at: now } : merged
  const changed = before && (paper.changedListings.length > 0 || valuesDiffer(before, after))
  return { ...paper, after, outcome: before ? (changed ? 'changed' : 'unchanged') : 'new' }
}

function textDiffers(before: StoredPaper, after: StoredPaper): boolean {
  return (['title', 'abstract', 'withdrawn_at'] as const).some((column) => before[column] !== after[column])
}

/** Columns that move with any record, whether it says something new or not. */
const bookkeeping = new Set<keyof StoredPaper>(['provenance', 'merged_records', 'updated_at'])

function valuesDiffer(before: StoredPaper, after: StoredPaper): boolean {
  return (Object.keys(after) as (keyof StoredPaper)[]).some(
    (column) => !bookkeeping.has(column) && !equal(before[column], after[column]),
  )
}

function newPaper(id: number): PaperState {
  return {
    id,
    isNew: true,
    arxivId: null,
    ingestedAt: null,
    textChangedAt: null,
    mergedRecords: [],
    values: { ...unknownValues },
    stamps: new Map(),
    listings: new Map(),
    confirmations: {},
    listingConfirmations: new Map(),
  }
}
