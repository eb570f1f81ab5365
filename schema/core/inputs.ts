import type { StringValidationOptions } from '@pothos/plugin-zod'
import { BadInputError } from './errors.ts'

/** Longer than any name that sources have sent so far. */
const longestName = 500

/** A text that Postgres can store: it refuses NUL, and a lone half of a surrogate pair is no character. */
export const wellFormed: [(text: string) => boolean, { message: string }] = [
  (text) => text.isWellFormed() && !text.includes('\0'),
  { message: 'must be valid text; it contains a NUL or an unpaired surrogate.' },
]

/** Years that papers, editions and trends are asked for: at the ends of the calendar days cannot be reckoned with. */
const years = { first: 1900, last: 2200 }

/** Refuses a moment far outside of all that is stored, where neighbouring days or scores are wanted of it. */
export function requireNear(moment: string | Date, argument: string): void {
  const year = typeof moment === 'string' ? Number(moment.slice(0, 4)) : moment.getUTCFullYear()
  if (year >= years.first && year <= years.last) return
  throw new BadInputError(`${argument}: the year must be from ${years.first} to ${years.last}.`, [argument])
}

/** A name or key by which something is looked up. */
export const nameArgument: StringValidationOptions = {
  type: 'string',
  maxLength: [longestName, { message: `write at most ${longestName} characters.` }],
  refine: [wellFormed, [(text) => text.trim() !== '', { message: 'must not be blank.' }]],
}
