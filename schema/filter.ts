import type { ArrayValidationOptions, StringValidationOptions } from '@pothos/plugin-zod'
import { type CanonicalFilter, isSearchable, type PaperFilter } from '../db/search/filter.ts'
import { maxIndexWords, maxRechecked, maxRecheckedPhrases } from '../db/search/matches.ts'
import { builder } from './core/builder.ts'
import { BadInputError, type InputPath } from './core/errors.ts'
import { nameArgument, wellFormed } from './core/inputs.ts'
import { argumentName } from './core/validation.ts'

const longestText = 1000
/** Words of a text with `or`: of each the index has to be asked. */
const mostWithOr = 20
const mostNames = 50

function hasFewWithOr(text: string): boolean {
  return !/\sor\s/i.test(text) || text.trim().split(/\s+/).length <= mostWithOr
}

/** Quotes that the title which was meant may have, and the typed text has not. */
const mostQuotesAdded = 8

/** Whether a text that a cursor says was meant by a typed one costs no more than what `searchText` admits. */
export function mayBeMeantBy(typed: string, meant: string): boolean {
  const quotes = (text: string) => text.split('"').length
  const [isWellFormed] = wellFormed
  return (
    meant.trim() !== '' &&
    meant.length <= 2 * longestText &&
    isWellFormed(meant) &&
    hasFewWithOr(meant) &&
    quotes(meant) <= quotes(typed) + mostQuotesAdded
  )
}

/** What people type into a search. */
export const searchText: StringValidationOptions = {
  type: 'string',
  maxLength: [longestText, { message: `write at most ${longestText} characters.` }],
  refine: [
    wellFormed,
    [(value) => value.trim() !== '', { message: 'write at least one word.' }],
    [hasFewWithOr, { message: `a text with "or" may have at most ${mostWithOr} words.` }],
  ],
}

const names: ArrayValidationOptions<string[]> = {
  type: 'array',
  minLength: [1, { message: 'pass at least one, or omit it for all.' }],
  maxLength: [mostNames, { message: `pass at most ${mostNames}.` }],
  items: nameArgument,
}

/** The operators of a text, as searches and filters describe them. */
export const textSyntax =
  'All words must match; `"words in quotes"` side by side; `-word` excludes; `or` separates alternatives. `author:`, `org:`, `keyword:`, `title:`, `abstract:` and `year:` search one property: `author:"Y. LeCun"`, `org:nvidia`, `year:2023-2025`, `year:>=2024`; `-org:nvidia` and `-year:2023` exclude.'

/** What a word of a text matches besides itself. */
export const textSpellings =
  'Word endings, case and accents are ignored; `Qwen 2.5`, `Qwen-2.5` and `qwen2.5` are the same, as are `fine-tuning` and `finetuning`, `LLM` and `LLMs`.'

/** Some texts need a look at each paper: the index does not know all that they ask for. */
export const countOfPhrases = `For phrases (a hyphenated word may count as one), for words of one property, for more than ${maxIndexWords} words or exclusions, or for nothing but exclusions, only the ${maxRechecked} newest candidates are checked (${maxRecheckedPhrases} for quoted words), so older matches may be missing.`

const upToMany = `At least one must match; at most ${mostNames}.`

export const PaperFilterInput = builder.inputRef<PaperFilter>('PaperFilter').implement({
  description:
    'Conditions that papers must meet, all of them; omit those that do not matter. The feed applies the same conditions, to papers as they are when an event is sent.',
  fields: (t) => ({
    text: t.string({
      validate: searchText,
      description: `Words in the title, abstract, authors or keywords, as in \`search(text:)\`: \`"mixture of experts" routing -vision\`, \`llama or mistral\`, \`author:LeCun year:2024\`. arXiv ids and addresses match those papers. Acronyms match as written: unlike there, nothing is added. A text of only very common words and punctuation is refused. At most ${longestText} characters. ${countOfPhrases}`,
    }),
    authors: t.stringList({
      validate: names,
      description: `Names of authors, exactly as spelled on papers. ${upToMany} Example: \`["Yann LeCun"]\`.`,
    }),
    organizations: t.stringList({
      validate: names,
      description: `Names of organizations on Hugging Face. ${upToMany} Example: \`["deepseek-ai"]\`.`,
    }),
    keywords: t.stringList({
      validate: names,
      description: `Keywords; case is ignored. ${upToMany} Example: \`["Chain-of-Thought"]\`.`,
    }),
    submitters: t.stringList({
      validate: names,
      description: `User names of accounts that submitted the paper to an edition. ${upToMany} Example: \`["akhaliq"]\`.`,
    }),
    categories: t.stringList({
      validate: names,
      description: `arXiv categories, primary or not. ${upToMany} Example: \`["cs.LG", "cs.CL"]\`.`,
    }),
    publishedFrom: t.field({
      type: 'Date',
      description: 'Published on or after this UTC day. Example: `2026-06-01`.',
    }),
    publishedTo: t.field({
      type: 'Date',
      description: 'Published on or before this UTC day. Example: `2026-06-30`.',
    }),
    editionFrom: t.field({
      type: 'Date',
      description: 'Listed on an edition on or after this day. Example: `2026-06-01`.',
    }),
    editionTo: t.field({
      type: 'Date',
      description:
        'Listed on an edition on or before this day; with `editionFrom`, on one edition within the range.',
    }),
    minUpvotes: t.int({
      validate: { type: 'number', nonnegative: [true, { message: 'pass 0 or more.' }] },
      description: 'The minimum number of upvotes. Example: `10`.',
    }),
    hasCode: t.boolean({ description: 'Whether a code repository is linked. Example: `true`.' }),
    hasProjectPage: t.boolean({ description: 'Whether a project page is linked.' }),
    hasMedia: t.boolean({ description: 'Whether images or videos were uploaded with the paper.' }),
    withdrawn: t.boolean({
      description:
        'Whether the authors withdrew the paper: `false` excludes withdrawn papers, `true` returns only those.',
    }),
  }),
  validate: [
    [inOrder('publishedFrom', 'publishedTo'), outOfOrder('publishedFrom', 'publishedTo')],
    [inOrder('editionFrom', 'editionTo'), outOfOrder('editionFrom', 'editionTo')],
  ],
})

function inOrder(from: keyof PaperFilter, to: keyof PaperFilter) {
  return (filter: PaperFilter) => {
    const [first, last] = [filter[from], filter[to]]
    return first == null || last == null || first <= last
  }
}

function outOfOrder(from: string, to: string) {
  return { message: `must not be before \`${from}\`.`, path: [to] }
}

/** Throws BadInputError for a text that can find nothing, ever. */
export function requireSearchable({ text }: CanonicalFilter): void {
  if (typeof text === 'string' && !isSearchable(text)) throw unsearchable()
}

/** The refusal of such a text. */
export function unsearchable(path: InputPath = ['filter', 'text']): BadInputError {
  return new BadInputError(
    `${argumentName(path)}: contains no searchable word, only punctuation or very common words such as "the" and "of"; add a word that the paper should contain.`,
    path,
  )
}
