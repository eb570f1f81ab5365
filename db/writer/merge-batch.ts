import type { AuthorRecord, PaperRecord } from '../model/record.ts'
import { titleKey } from '../model/text.ts'
import type { Outcome } from './batch.ts'
import { confirmStamps, heldSince, observe } from './merge/fold.ts'
import { metrics, nothingTold, type Point } from './merge/history.ts'
import type { Voice } from './merge/rules.ts'
import { noValues } from './merge/values.ts'
import { type Receipt, speaksOnAll } from './readings.ts'
import { equal, type StoredPaper, toRow } from './rows.ts'
import { observeListing, type PaperState } from './state.ts'

/** A paper after the batch, beside what it was. */
export interface MergedPaper {
  id: number
  outcome: Outcome
  state: PaperState
  /** Null for a new paper. */
  before: StoredPaper | null
  after: StoredPaper
  /** Whether the row has to be written though no value changed: only who said it when. */
  restamped: boolean
  /** Given when the list of authors is another. */
  authors: readonly AuthorRecord[] | null
  /** Edition days whose listing is new, and all whose row has to be written. */
  listed: string[]
  relisted: string[]
  /** What the batch observed of its counters, and the stored ones: a point each, at the instant it was last said. */
  points: Point[]
  counted: Point[]
  /** The text that others have replaced. */
  revision: {
    seen_at: string
    replaced_at: string
    source: string
    title: string
    abstract: string | null
  } | null
  /** Titles and days under which records spoke of it. */
  aliases: Map<string, { title_key: string; published_on: string }>
}

interface MergeInput {
  records: readonly PaperRecord[]
  /** The paper that each record speaks of. */
  ids: readonly number[]
  /** Those that are stored. */
  papers: Map<number, PaperState>
  voice: Voice
  receipts: readonly Receipt[]
  dropped: readonly number[]
  now: string
}

/** Lets all records of a batch speak; touches no database. */
export function mergeBatch({
  records,
  ids,
  papers,
  voice,
  receipts,
  dropped,
  now,
}: MergeInput): MergedPaper[] {
  const merged = new Map<number, MergedPaper>()
  for (const id of dropped) {
    const state = papers.get(id)
    if (!state) continue
    const paper = begin(state, now)
    paper.restamped = confirmStamps(state, state.confirmed)
    merged.set(id, paper)
  }
  const receiptOf = new Map(receipts.map((receipt) => [receipt.edition_date, receipt]))
  for (const [index, record] of records.entries()) {
    const id = ids[index]
    if (id === undefined) continue
    const paper = merged.get(id) ?? begin(papers.get(id) ?? blank(id), now)
    merged.set(id, paper)
    hear(paper, record, voice, isCovered(record, id, voice, receiptOf))
  }
  return [...merged.values()].map((paper) => finish(paper, now))
}

function hear(paper: MergedPaper, record: PaperRecord, voice: Voice, covered: boolean): void {
  const { state } = paper
  if (record.arxivId) state.arxivId = record.arxivId
  const before = { ...state.values }
  const textSince = heldSince(state, 'title', state.confirmed)
  const textBy = state.stamps.get('title')?.voice
  const { changed, stamped } = observe(state, record, voice, state.confirmed)
  if (stamped && !covered) paper.restamped = true
  if (changed.includes('authors') && record.authors) paper.authors = record.authors
  if (before.title !== null && (changed.includes('title') || changed.includes('abstract'))) {
    paper.revision ??= {
      seen_at: textSince ?? record.observedAt,
      replaced_at: record.observedAt,
      source: textBy ?? voice,
      title: before.title,
      abstract: before.abstract,
    }
  }
  if (record.listing) {
    const { date } = record.listing
    const heard = observeListing(state, record.listing, record.observedAt)
    if (heard === 'new') paper.listed.push(date)
    if (heard !== 'unchanged' && !(heard === 'confirmed' && covered)) paper.relisted.push(date)
  }
  const { upvotes = null, commentCount = null, githubStars = null } = record
  paper.points.push({ observedAt: record.observedAt, upvotes, commentCount, githubStars })
  const alias = { title_key: titleKey(record.title), published_on: record.publishedAt.slice(0, 10) }
  paper.aliases.set(`${alias.published_on} ${alias.title_key}`, alias)
}

/** Whether the edition's reading says that the record was heard, so that the paper's own row need not. */
function isCovered(record: PaperRecord, id: number, voice: Voice, receipts: Map<string, Receipt>): boolean {
  const receipt = record.listing && receipts.get(record.listing.date)
  return (
    receipt !== undefined &&
    receipt.read_at >= record.observedAt &&
    receipt.paper_ids.includes(id) &&
    speaksOnAll(record, voice)
  )
}

function begin(state: PaperState, now: string): MergedPaper {
  const before = state.isNew ? null : toRow(state, now)
  return {
    id: state.id,
    outcome: 'unchanged',
    state,
    before,
    after: before ?? toRow(state, now),
    restamped: false,
    authors: null,
    listed: [],
    relisted: [],
    points: [],
    counted: metrics.flatMap((metric) => {
      const observedAt = heldSince(state, metric, state.confirmed)
      return observedAt === undefined ? [] : [{ ...nothingTold, observedAt, [metric]: state.values[metric] }]
    }),
    revision: null,
    aliases: new Map(),
  }
}

function finish(paper: MergedPaper, now: string): MergedPaper {
  const after = toRow(paper.state, now)
  const { before } = paper
  const changed = before && (paper.relisted.length > 0 || valuesDiffer(before, after))
  return { ...paper, after, outcome: before ? (changed ? 'changed' : 'unchanged') : 'new' }
}

function valuesDiffer(before: StoredPaper, after: StoredPaper): boolean {
  return (Object.keys(after) as (keyof StoredPaper)[]).some(
    (column) => column !== 'provenance' && column !== 'updated_at' && !equal(before[column], after[column]),
  )
}

function blank(id: number): PaperState {
  return {
    id,
    isNew: true,
    arxivId: null,
    ingestedAt: null,
    values: noValues(),
    stamps: new Map(),
    listings: new Map(),
    confirmed: {},
    listedUntil: new Map(),
  }
}
