import { type CompiledQuery, sql } from 'kysely'
import type { Db } from '../database.ts'
import type { FeedEventKind } from '../feed-tables.ts'
import { prepared } from '../prepared.ts'
import { formatCursor } from './cursor.ts'
import type { FeedEntry } from './events.ts'
import { type Position, type Term, termsOf } from './position.ts'

/** How far the log reaches. */
export interface LogState {
  /** Names this database. */
  epoch: string
  /** The newest event, or the beginning. */
  head: Position
  /** Events up to and including this one are gone. */
  pruned: Position
  /** In order, the first left out. */
  terms: readonly Term[]
  /** Since when events have marks of their own, in milliseconds since 1970. */
  markedSinceMs: number
}

/** An entry with its size, by which caches are bounded. */
export interface SizedEntry {
  entry: FeedEntry
  /** Characters of the data as JSON, and as many for the rest. */
  size: number
}

/** Events of before marks get one from what they are, the same in each copy of the database. */
export const markOf = sql<number>`coalesce(mark,
  ('x' || left(md5(concat_ws(' ', number, paper_id, kind, extract(epoch from recorded_at))), 12))::bit(48)::bigint)`

export async function readLogState(db: Db): Promise<LogState> {
  const row = await db
    .selectFrom('feed')
    .leftJoin('feed_event', 'number', 'head')
    .select(['epoch', 'head', 'pruned', 'pruned_mark', 'pruned_recorded_at', 'terms', 'marked_since'])
    .select(['number', 'recorded_at'])
    .select(markOf.as('mark'))
    .executeTakeFirstOrThrow()
  const pruned = {
    number: row.pruned,
    mark: row.pruned_mark,
    recordedAtMs: row.pruned_recorded_at?.getTime() ?? 0,
  }
  return {
    epoch: row.epoch,
    head:
      row.number === null
        ? pruned
        : { number: row.number, mark: row.mark, recordedAtMs: row.recorded_at?.getTime() ?? 0 },
    pruned,
    terms: row.terms ?? [],
    markedSinceMs: row.marked_since?.getTime() ?? 0,
  }
}

/** The head of the log as a cursor. */
export function headCursor(state: LogState): string {
  return cursorOf(state, state.head)
}

/** A position of the log as a cursor. */
export function cursorOf({ epoch, terms }: LogState, position: Position): string {
  return formatCursor(epoch, position, termsOf(position.number, terms))
}

/**
 * Begins a new term of the log, for a copy that Postgres cannot tell from its origin. Returns the number of the last
 * event before it.
 */
export async function beginTerm(db: Db): Promise<number> {
  const { head } = await db
    .updateTable('feed')
    .set({
      terms: sql`coalesce(terms, '[]') || jsonb_build_object(
        'after', head, 'id', ('x' || left(md5(gen_random_uuid()::text), 6))::bit(24)::integer)`,
    })
    .returning('head')
    .executeTakeFirstOrThrow()
  return head
}

/** Events in commit order, with the terms of the log they were read from; without events, no terms. */
export interface LogReading {
  readonly events: readonly SizedEntry[]
  readonly terms: readonly Term[] | undefined
}

/** The events from a number on, at most `limit`. Fewer than `limit` means that there are no more yet. */
export async function eventsFrom(db: Db, number: number, limit: number): Promise<LogReading> {
  // Built once: it runs for each event, before anybody gets it.
  eventsStatement ??= statementOfEvents(db)
  const { rows } = await db.executeQuery<EventRow & { readonly terms: string | null }>({
    ...eventsStatement,
    parameters: [number, limit],
  })
  const events = rows.map((row) => ({ entry: entryOf(row), size: entrySize + (row.data?.length ?? 0) }))
  return { events, terms: rows[0] && JSON.parse(rows[0].terms ?? '[]') }
}

let eventsStatement: CompiledQuery<EventRow & { readonly terms: string | null }> | undefined

function statementOfEvents(db: Db): NonNullable<typeof eventsStatement> {
  return (
    db
      .selectFrom('feed_event')
      .modifyFront(prepared)
      .select(['number', 'kind', 'paper_id', 'edition_date', 'source'])
      .select(sql<number>`trunc(extract(epoch from recorded_at) * 1000)::bigint`.as('recorded_at_ms'))
      .select(markOf.as('mark'))
      // Nobody is told the data of a first event: the paper as it is now has all of it.
      .select(sql<string | null>`case when kind <> 'ingested' then data::text end`.as('data'))
      .select((eb) => eb.selectFrom('feed').select(sql<string | null>`terms::text`.as('terms')).as('terms'))
      .where('number', '>=', 0)
      .orderBy('number')
      .limit(1)
      .compile()
  )
}

/** What an entry takes in memory beside its data, about. */
const entrySize = 250

interface EventRow {
  readonly number: number
  readonly mark: number
  readonly kind: FeedEventKind
  readonly paper_id: number
  readonly edition_date: string | null
  readonly source: string
  readonly recorded_at_ms: number
  readonly data: string | null
}

/** An entry as small as it can be: thousands are held for readers that are behind. */
class LogEntry {
  readonly number: number
  readonly position: Position
  readonly kind: FeedEventKind
  readonly paperId: number
  readonly editionDate: string | null
  readonly source: string
  readonly #dataText: string | null
  #data: unknown

  constructor(row: EventRow) {
    const { number, mark, recorded_at_ms: recordedAtMs } = row
    this.number = number
    this.position = { number, mark, recordedAtMs }
    this.kind = oneWord(row.kind)
    this.paperId = row.paper_id
    this.editionDate = row.edition_date
    this.source = oneWord(row.source)
    this.#dataText = row.data
  }

  get recordedAt(): Date {
    return new Date(this.position.recordedAtMs)
  }

  /** Parsed when it is asked for, which it is not of most events. */
  get data(): unknown {
    if (this.#data === undefined) this.#data = JSON.parse(this.#dataText ?? 'null')
    return this.#data
  }
}

/** The log is written by `feed_append` alone, with data as db/feed/events.ts describes it by kind. */
function entryOf(row: EventRow): FeedEntry {
  return new LogEntry(row) as FeedEntry
}

const words = new Map<string, string>()

/** The same text for equal ones: each row brings its own copy of a kind and a source, of which there are few. */
function oneWord<Word extends string>(word: Word): Word {
  const known = words.get(word) as Word | undefined
  if (known === undefined) words.set(word, word)
  return known ?? word
}

/** The positions of the events from one number to another, both included, in order, `limit` at most. */
export async function positionsBetween(db: Db, from: number, to: number, limit: number): Promise<Position[]> {
  const rows = await db
    .selectFrom('feed_event')
    .select(['number', 'recorded_at'])
    .select(markOf.as('mark'))
    .where('number', '>=', from)
    .where('number', '<=', to)
    .orderBy('number')
    .limit(limit)
    .execute()
  return rows.map(({ number, mark, recorded_at }) => ({ number, mark, recordedAtMs: recorded_at.getTime() }))
}

/** The newest position up to a number whose event was recorded by an instant; undefined if none is kept. */
export async function newestRecordedBy(
  db: Db,
  recordedAtMs: number,
  upTo: number,
): Promise<Position | undefined> {
  const row = await db
    .selectFrom('feed_event')
    .select(['number', 'recorded_at'])
    .select(markOf.as('mark'))
    .where('number', '<=', upTo)
    .where('recorded_at', '<=', new Date(recordedAtMs))
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row && { number: row.number, mark: row.mark, recordedAtMs: row.recorded_at.getTime() }
}
