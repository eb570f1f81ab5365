import type { PaperRecord } from '../../model/record.ts'
import type { Stamps } from './provenance.ts'
import { type FieldName, fieldNames, type Rule, rules, type Voice } from './rules.ts'
import { type PaperValues, same, wordOf } from './values.ts'

export interface Merged {
  values: PaperValues
  stamps: Stamps
}

/** Until when (ISO instant) each voice is known to have gone on saying what is stored. */
export type Confirmed = Partial<Record<Voice, string>>

export interface Observation {
  /** Fields whose value is another now. */
  changed: FieldName[]
  /** Whether any stamp moved, be it without a new value. */
  stamped: boolean
}

/**
 * Lets one record speak. Each field holds the greatest word spoken so far in an order that is total (see
 * `outranks`), so the outcome does not depend on the order in which records arrive, nor on hearing one twice.
 * Changes `paper` in place.
 */
export function observe(paper: Merged, record: PaperRecord, voice: Voice, confirmed: Confirmed): Observation {
  const changed: FieldName[] = []
  let stamped = false
  const stamp = { voice, at: record.observedAt }
  for (const field of fieldNames) {
    const rule = rules[field]
    if (!rule.voices.includes(voice) || (field === 'authorCount' && paper.stamps.has('authors'))) continue
    const spoken = wordOf(record, field)
    if (spoken === undefined && rule.clearedBy !== voice) continue
    const value = spoken ?? null
    const held = paper.stamps.get(field)
    const equal = same(paper.values[field], value)
    if (held) {
      const heldAt = { voice: held.voice, at: latest(held.at, field, held.voice, confirmed) }
      const order = compareStamps(rule, stamp, heldAt)
      if (order < 0 || (order === 0 && (equal || !greater(value, paper.values[field])))) continue
    }
    if (!held || held.voice !== voice || held.at !== stamp.at) {
      paper.stamps.set(field, stamp)
      stamped = true
    }
    if (equal) continue
    setValue(paper.values, field, value)
    changed.push(field)
  }
  // A list of authors says how many there are; a number told beside it is of no further use.
  if (paper.stamps.has('authors') && paper.stamps.delete('authorCount')) paper.values.authorCount = null
  return { changed, stamped }
}

/** Moves every stamp of `voice` on to `at`, where it is later: its silent confirmation, written down. */
export function confirmStamps(paper: Merged, confirmed: Confirmed): boolean {
  let moved = false
  for (const [field, stamp] of paper.stamps) {
    const at = latest(stamp.at, field, stamp.voice, confirmed)
    if (at === stamp.at) continue
    paper.stamps.set(field, { voice: stamp.voice, at })
    moved = true
  }
  return moved
}

/** When the value a field holds was last said or confirmed. */
export function heldSince(paper: Merged, field: FieldName, confirmed: Confirmed): string | undefined {
  const stamp = paper.stamps.get(field)
  return stamp && latest(stamp.at, field, stamp.voice, confirmed)
}

function latest(at: string, field: FieldName, voice: Voice, confirmed: Confirmed): string {
  const { voices, wins } = rules[field]
  let last = at
  for (const speaker of wins === 'newest' ? voices : [voice]) {
    const until = confirmed[speaker]
    if (until !== undefined && until > last) last = until
  }
  return last
}

/**
 * Positive where `a` outranks `b`. Instants are ISO texts of one form, so they compare as texts. Of counters
 * observed at one instant the greater wins, whoever counted, as it does in the history of points.
 */
function compareStamps(rule: Rule, a: { voice: Voice; at: string }, b: { voice: Voice; at: string }): number {
  const rank = rule.voices.indexOf(b.voice) - rule.voices.indexOf(a.voice)
  const time = a.at < b.at ? -1 : a.at > b.at ? 1 : 0
  return rule.wins === 'best' ? rank || time : time
}

/** Any total order would do; this one prefers a value to none and the larger number. */
function greater(a: unknown, b: unknown): boolean {
  if (a === null || b === null) return b === null && a !== null
  if (typeof a === 'number' && typeof b === 'number') return a > b
  return JSON.stringify(a) > JSON.stringify(b)
}

function setValue<F extends FieldName>(values: PaperValues, field: F, value: PaperValues[F]): void {
  values[field] = value
}
