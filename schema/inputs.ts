import type { StringValidationOptions } from '@pothos/plugin-zod'

/** Longer than any name that sources have sent so far. */
export const longestName = 500

/** A text that Postgres can store: it refuses NUL, and a lone half of a surrogate pair is no character. */
export const wellFormed: [(text: string) => boolean, { message: string }] = [
  (text) => text.isWellFormed() && !text.includes('\0'),
  { message: 'this is not a text: it holds a NUL or half a character.' },
]

/** A name or key by which something is looked up. */
export const nameArgument: StringValidationOptions = {
  type: 'string',
  maxLength: [longestName, { message: `write at most ${longestName} characters.` }],
  refine: [wellFormed, [(text) => text.trim() !== '', { message: 'write a name, not nothing.' }]],
}
