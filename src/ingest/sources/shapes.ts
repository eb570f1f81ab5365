import { z } from 'zod'
import { parseArxivId } from '../../../db/model/arxiv-id.ts'
import { withoutHidden } from '../../../db/model/hidden-characters.ts'
import { foldSpace, keywordKey, titleKey } from '../../../db/model/text.ts'
import { parseDay, parseInstant } from './time.ts'

/** What a record may hold. Far above anything seen (664 authors, 1,922 characters), far below what would hurt. */
export const limits = {
  title: 1_000,
  abstract: 20_000,
  /** Of an author, an account, an organization, a keyword: they are keys of indexes. */
  name: 500,
  /** Any other short text. */
  text: 2_000,
  url: 2_000,
  authors: 10_000,
  /** Characters of all names of one list. */
  authorNames: 400_000,
  keywords: 100,
  categories: 100,
  mediaUrls: 100,
  /** The largest `integer` of Postgres. */
  count: 2_147_483_647,
  /** Bytes of a text that is the key of a B-tree: Postgres refuses entries above a third of its 8 kB page. */
  key: 2_600,
} as const

/** A text in its one form: `foldSpace` says what is taken out of it. */
export function text(max: number) {
  return z.string().check((context) => {
    const folded = foldSpace(context.value)
    context.value = folded
    if (!visible.test(folded)) refuse(context, 'The text is empty.')
    else if (folded.length > max)
      refuse(context, `The text has ${folded.length} characters; at most ${max} are allowed.`)
  })
}

/** Something other than white space and characters without a shape of their own (zero-width spaces, marks of direction). */
const visible = /[^\s\p{Cf}]/u

/** Of an author, an account, an organization; short enough for the key of an index in any script. */
export const name = text(limits.name)

/** Of an author. TeX's fixed space is a space: a name with it is no other name. */
export const personName = name.overwrite((value) => foldSpace(value.replaceAll('~', ' ')))

export const title = text(limits.title).check((context) => fitsKey(context, titleKey))

export const keyword = text(limits.name).check((context) => fitsKey(context, keywordKey))

export const abstract = text(limits.abstract)

/** An ISO instant, made canonical. */
export const instant = z.string().check((context) => {
  const parsed = parseInstant(context.value)
  if (parsed) context.value = parsed
  else refuse(context, `${quote(context.value)} is not an instant such as "2025-01-05T08:30:00.000Z".`)
})

/** A calendar day, `YYYY-MM-DD`. */
export const day = z.string().check((context) => {
  if (!parseDay(context.value)) refuse(context, `${quote(context.value)} is not a day such as "2025-01-05".`)
})

/** Votes, comments, stars, followers. */
export const count = z.number().check((context) => {
  const { value } = context
  if (Number.isInteger(value) && value >= 0 && value <= limits.count) return
  refuse(context, `${value} is not a whole number from 0 to ${limits.count}.`)
})

/** An absolute http(s) address. Others (`javascript:`, `file:`) are refused: pages show these as links. */
export const url = z.string().check((context) => {
  // As browsers do: an address that was broken over lines is whole again.
  const trimmed = withoutHidden(context.value)
    .trim()
    .replace(/[\t\n\r]+/g, '')
  context.value = trimmed
  if (trimmed.length > limits.url) refuse(context, `The address has more than ${limits.url} characters.`)
  else if (!address.test(trimmed) || !URL.canParse(trimmed))
    refuse(context, `${quote(trimmed)} is not an http(s) address.`)
})
const address = /^https?:\/\/[^\s/?#]\S*$/i

/** Without its version: `2405.15738v2` is the paper `2405.15738`. */
export const arxivId = z.string().check((context) => {
  const parsed = parseArxivId(context.value)
  if (parsed) context.value = parsed.id
  else refuse(context, `${quote(context.value)} is not an arXiv id such as "2405.15738" or "hep-th/9901001".`)
})

/** Authors in order. Their names together are bounded because all of them enter one search vector (1 MB at most). */
export function authorList<T extends z.ZodType<{ name: string }>>(author: T) {
  return z
    .array(author)
    .max(limits.authors)
    .check((context) => {
      const length = context.value.reduce((sum, { name }) => sum + name.length, 0)
      if (length > limits.authorNames)
        refuse(context, `The names have ${length} characters; at most ${limits.authorNames} are allowed.`)
    })
}

/** A value whose loss costs less than the paper would: what does not fit counts as left out. */
export function optional<T extends z.ZodType>(shape: T) {
  return shape.nullish().catch(undefined)
}

/** For sentences: the beginning of a value, with its control characters made visible. */
export function quote(value: string): string {
  return JSON.stringify(value.length > 60 ? `${value.slice(0, 57)}...` : value)
}

type Given<T> = Exclude<T, null | undefined>
type Defined<T> = {
  [K in keyof T as T[K] extends Given<T[K]> ? K : never]: T[K]
} & { [K in keyof T as T[K] extends Given<T[K]> ? never : K]?: Given<T[K]> }

/** The same object without its properties of null and undefined. */
export function defined<T extends object>(object: T): Defined<T> {
  const result: Record<string, unknown> = {}
  for (const key in object) {
    const value = object[key]
    if (value !== undefined && value !== null) result[key] = value
  }
  return result as Defined<T>
}

/** Unicode can fold one character to many: U+FDFA has 3 bytes and becomes 33. */
function fitsKey(context: Context<string>, keyOf: (text: string) => string): void {
  if (ascii.test(context.value) || Buffer.byteLength(keyOf(context.value)) <= limits.key) return
  refuse(context, 'The text has too many bytes for an index; shorten it.')
}
// biome-ignore lint/suspicious/noControlCharactersInRegex: the range is all of ASCII.
const ascii = /^[\x00-\x7f]*$/

interface Context<T = unknown> {
  value: T
  issues: z.core.$ZodRawIssue[]
}

function refuse(context: Context, message: string): void {
  context.issues.push({ code: 'custom', message, input: context.value, continue: false })
}
