import type { ArrayValidationOptions, StringValidationOptions } from '@pothos/plugin-zod'
import type { Db } from '../db/database.ts'
import { type CanonicalFilter, canonicalFilter, isSearchable, type PaperFilter } from '../db/search/filter.ts'
import { checkedAtMost, soughtWords } from '../db/search/matches.ts'
import { builder } from './core/builder.ts'
import { BadInputError, type InputPath } from './core/errors.ts'
import { nameArgument, wellFormed } from './core/inputs.ts'
import { argumentName } from './core/validation.ts'

const longestText = 1000
/** Words of a text with `or`: of each the index has to be asked. */
const mostWithOr = 20
const mostNames = 50

/** What people type into a search. */
export const searchText: StringValidationOptions = {
  type: 'string',
  maxLength: [longestText, { message: `write at most ${longestText} characters.` }],
  refine: [
    wellFormed,
    [(value) => value.trim() !== '', { message: 'write at least one word.' }],
    [
      (value) => !/\sor\s/i.test(value) || value.trim().split(/\s+/).length <= mostWithOr,
      { message: `with "or" between words, write at most ${mostWithOr} words; without it, more.` },
    ],
  ],
}

const names: ArrayValidationOptions<string[]> = {
  type: 'array',
  minLength: [1, { message: 'name at least one, or leave it out for all.' }],
  maxLength: [mostNames, { message: `name at most ${mostNames}.` }],
  items: nameArgument,
}

/** What some texts find can only be told by reading the papers. */
export const countOfPhrases = `Of a text with a phrase (a word with a hyphen is one), with more than ${soughtWords} words or more than two left out, \`totalCount\` counts among the ${checkedAtMost} newest papers that hold its words (the ${soughtWords} rarest, if there are more); of one that only leaves words out, among the ${checkedAtMost} newest.`

const upToMany = `One of these has to fit: up to ${mostNames}.`

export const PaperFilterInput = builder.inputRef<PaperFilter>('PaperFilter').implement({
  description:
    'Which papers are wanted. Whatever is given has to hold; leave out what does not matter. The feed filters by the same rules, on papers as they are when the event is sent.',
  fields: (t) => ({
    text: t.string({
      validate: searchText,
      description: `Words in title, abstract, authors or keywords, as people type them into a search: \`"mixture of experts" routing -vision\`, \`llama or mistral\`. Endings and accents do not matter. An arXiv id or address finds that paper. Words that stand everywhere ("the", "of") are skipped; a text of nothing else is refused. Up to ${longestText} characters. ${countOfPhrases}`,
    }),
    authors: t.stringList({
      validate: names,
      description: `Names of authors, exactly as papers spell them. ${upToMany} Example: \`["Yann LeCun"]\`.`,
    }),
    organizations: t.stringList({
      validate: names,
      description: `Names of organizations on Hugging Face. ${upToMany} Example: \`["deepseek-ai"]\`.`,
    }),
    keywords: t.stringList({
      validate: names,
      description: `Keywords in any spelling. ${upToMany} Example: \`["Chain-of-Thought"]\`.`,
    }),
    submitters: t.stringList({
      validate: names,
      description: `User names of those who submitted it to an edition. ${upToMany} Example: \`["akhaliq"]\`.`,
    }),
    categories: t.stringList({
      validate: names,
      description: `arXiv categories, the first of a paper or another one. ${upToMany} Example: \`["cs.LG", "cs.CL"]\`.`,
    }),
    publishedFrom: t.field({
      type: 'Date',
      description: 'Published on this UTC day or later. Example: `2026-06-01`.',
    }),
    publishedTo: t.field({
      type: 'Date',
      description: 'Published on this UTC day or earlier. Example: `2026-06-30`.',
    }),
    editionFrom: t.field({
      type: 'Date',
      description: 'Listed on the edition of this day or of a later one. Example: `2026-06-01`.',
    }),
    editionTo: t.field({
      type: 'Date',
      description:
        'Listed on the edition of this day or of an earlier one; with `editionFrom`, on one between both.',
    }),
    minUpvotes: t.int({
      validate: { type: 'number', nonnegative: [true, { message: 'pass 0 or more.' }] },
      description: 'At least so many upvotes. Example: `10`.',
    }),
    hasCode: t.boolean({ description: 'Whether a repository is linked. Example: `true`.' }),
    hasProjectPage: t.boolean({ description: 'Whether a project page is linked.' }),
    hasMedia: t.boolean({ description: 'Whether images or videos were uploaded with it.' }),
    withdrawn: t.boolean({
      description: 'Whether its authors withdrew it: `false` leaves those out, `true` gives only those.',
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
  return { message: `this day is before \`${from}\`: no paper can be in between.`, path: [to] }
}

/** The filter that an argument asks for. */
export function filterOf(given: PaperFilter | null | undefined): CanonicalFilter {
  return canonicalFilter(given ?? {})
}

/** Throws BadInputError for a text that can find nothing, ever. */
export async function requireSearchable(db: Db, filter: CanonicalFilter): Promise<void> {
  if (typeof filter.text === 'string' && !(await isSearchable(db, filter.text))) throw unsearchable()
}

/** The refusal of such a text. */
export function unsearchable(path: InputPath = ['filter', 'text']): BadInputError {
  return new BadInputError(
    `${argumentName(path)}: there is no word in this to search for, only signs or words that stand everywhere like "the" and "of"; add a word that the paper should contain.`,
    path,
  )
}
