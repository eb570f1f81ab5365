import {
  type Authority,
  type FieldName,
  fieldDefinitions,
  fieldNames,
  type MergeRule,
} from '../../model/paper-fields.ts'
import type { PaperRecord } from '../../model/record.ts'
import type { Stamp, Stamps } from './provenance.ts'
import { type FieldValues, recordedValue, same } from './values.ts'

/** The merged fields of a paper, and for each who gave its value when. */
export interface MergedFields {
  values: FieldValues
  stamps: Stamps
}

/** Until when (ISO instant) each authority is known to have gone on giving what is stored. */
export type Confirmations = Partial<Record<Authority, string>>

export interface AppliedRecord {
  /** Fields whose value is another than before. */
  changed: FieldName[]
  /** Whether any stamp moved, be it without a new value. */
  stamped: boolean
}

/**
 * Merges one record into `paper`, in place. Each field holds the greatest value of all records in an order that is
 * total (see `compareStamps` and `isGreater`), so the outcome does not depend on the order in which records arrive,
 * nor on applying one twice.
 */
export function applyRecord(
  paper: MergedFields,
  record: PaperRecord,
  authority: Authority,
  confirmations: Confirmations,
): AppliedRecord {
  const changed: FieldName[] = []
  let stamped = false
  const stamp = { authority, at: record.observedAt }
  for (const field of fieldNames) {
    const rule: MergeRule = fieldDefinitions[field]
    if (!rule.setBy.includes(authority) || (field === 'authorCount' && paper.stamps.has('authors'))) continue
    const given = recordedValue(record, field)
    if (given === undefined && (record.partial || rule.clearedBy !== authority)) continue
    const value = given ?? null
    const stored = paper.stamps.get(field)
    const equal = same(paper.values[field], value)
    if (stored) {
      const storedAt = confirmedAt(stored, rule, confirmations)
      const order = compareStamps(rule, stamp, { authority: stored.authority, at: storedAt })
      if (order < 0 || (order === 0 && (equal || !isGreater(value, paper.values[field])))) continue
    }
    if (!stored || stored.authority !== authority || stored.at !== stamp.at) {
      paper.stamps.set(field, stamp)
      stamped = true
    }
    if (equal) continue
    setValue(paper.values, field, value)
    changed.push(field)
  }
  // A list of authors says how many there are; a number given beside it is of no further use.
  if (paper.stamps.has('authors') && paper.stamps.delete('authorCount')) paper.values.authorCount = null
  return { changed, stamped }
}

/** Moves every stamp on to its later confirmation, so that it survives the reading that confirmed it. */
export function confirmStamps(paper: MergedFields, confirmations: Confirmations): boolean {
  let moved = false
  for (const [field, stamp] of paper.stamps) {
    const at = confirmedAt(stamp, fieldDefinitions[field], confirmations)
    if (at === stamp.at) continue
    paper.stamps.set(field, { authority: stamp.authority, at })
    moved = true
  }
  return moved
}

/** When the value of a field was last given or confirmed; undefined while none was given. */
export function lastGivenAt(
  paper: MergedFields,
  field: FieldName,
  confirmations: Confirmations,
): string | undefined {
  const stamp = paper.stamps.get(field)
  return stamp && confirmedAt(stamp, fieldDefinitions[field], confirmations)
}

function confirmedAt({ authority, at }: Stamp, { setBy, wins }: MergeRule, confirmations: Confirmations) {
  let last = at
  for (const confirming of wins === 'newest' ? setBy : [authority]) {
    const until = confirmations[confirming]
    if (until !== undefined && until > last) last = until
  }
  return last
}

/**
 * Positive where `a` outranks `b`. Instants are ISO texts of one form, so they compare as texts. Of counters
 * observed at one instant the greater wins, whatever the authority, as in the counter history.
 */
function compareStamps(rule: MergeRule, a: Stamp, b: Stamp): number {
  const rank = rule.setBy.indexOf(b.authority) - rule.setBy.indexOf(a.authority)
  const time = a.at < b.at ? -1 : a.at > b.at ? 1 : 0
  return rule.wins === 'best' ? rank || time : time
}

/** Any total order would do; this one prefers a value to none and the larger number. */
function isGreater(a: unknown, b: unknown): boolean {
  if (a === null || b === null) return b === null && a !== null
  if (typeof a === 'number' && typeof b === 'number') return a > b
  return JSON.stringify(a) > JSON.stringify(b)
}

function setValue<F extends FieldName>(values: FieldValues, field: F, value: FieldValues[F]): void {
  values[field] = value
}
