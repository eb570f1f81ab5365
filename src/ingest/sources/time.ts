/** Instants and days as sources write them. No clock here: only years that a paper or its list can be from pass. */

const firstYear = 1900
const lastYear = 2100

const canonical = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/
const day = /^(\d{4})-\d\d-\d\d$/
const lenient =
  /^(\d{4}-\d\d-\d\d)(?:[T ]([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)?)?$/

/** `2025-01-05` as it is when the calendar has that day; undefined otherwise. */
export function parseDay(text: string): string | undefined {
  const match = day.exec(text)
  if (!match) return undefined
  const year = Number(match[1])
  if (year < firstYear || year > lastYear) return undefined
  const time = Date.parse(`${text}T00:00:00.000Z`)
  // Date rolls 30 February over to March instead of refusing it.
  if (Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== text) return undefined
  return text
}

/**
 * An ISO instant in its canonical form (`2025-01-05T08:30:00.000Z`); undefined for what is none. A day alone is
 * its midnight, and a time without a zone is UTC, in which Hugging Face and arXiv both write.
 */
export function parseInstant(text: string): string | undefined {
  if (canonical.test(text)) {
    const time = Date.parse(text)
    if (!Number.isNaN(time) && new Date(time).toISOString() === text && inRange(text)) return text
    return undefined
  }
  const match = lenient.exec(text)
  const date = match?.[1] && parseDay(match[1])
  if (!match || !date) return undefined
  const [, , hours = '00', minutes = '00', seconds = '00', fraction = '', zone = 'Z'] = match
  const time = Date.parse(`${date}T${hours}:${minutes}:${seconds}${fraction}${colon(zone)}`)
  return Number.isNaN(time) ? undefined : new Date(time).toISOString()
}

/** Midnight UTC of a day, as an instant. */
export function midnight(date: string): string {
  return `${date}T00:00:00.000Z`
}

/** The UTC day of a canonical instant. */
export function dayOf(instant: string): string {
  return instant.slice(0, 10)
}

/** Whether a canonical instant says no more than its day. */
export function isMidnight(instant: string): boolean {
  return instant.endsWith('T00:00:00.000Z')
}

/** The later of two canonical instants; text order is time order for them. */
export function later(a: string | undefined, b: string | undefined): string | undefined {
  if (a === undefined || b === undefined) return a ?? b
  return a > b ? a : b
}

function inRange(instant: string): boolean {
  const year = Number(instant.slice(0, 4))
  return year >= firstYear && year <= lastYear
}

/** `+0200` → `+02:00`, the only form that Date takes everywhere. */
function colon(zone: string): string {
  return /^[+-]\d{4}$/.test(zone) ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone
}
