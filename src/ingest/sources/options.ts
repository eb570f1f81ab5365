import { SourceError } from '../errors.ts'
import { quote } from './shapes.ts'
import { parseDay, parseInstant } from './time.ts'

/** A time that the caller gave, canonical; a `SourceError` names one that is no time. */
export function observationTime(text: string): string {
  const instant = parseInstant(text)
  if (instant) return instant
  throw new SourceError(
    `The observation time ${quote(text)} is not an instant; expected e.g. 2025-01-05T08:30:00Z.`,
  )
}

/** A list date that the caller gave; a `SourceError` names one that is not in the calendar. */
export function listDate(text: string): string {
  const date = parseDay(text)
  if (date) return date
  throw new SourceError(`${quote(text)} is not a valid date; expected e.g. 2025-01-05.`)
}
