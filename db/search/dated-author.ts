import { isStopWord } from '../tokens/words.ts'
import { type CanonicalFilter, canonicalFilter, type PaperFilter } from './filter.ts'

/** A search for what a text may mean. */
export interface MeantSearch {
  /** In the syntax of searches. */
  readonly text: string
  readonly filter: CanonicalFilter
}

/** What a text that ends with a year, or may be a name, may mean. */
export interface DatedSearches {
  /** `He et al. 2025`, `Jun He`: authors go before all else. Words with a year may be those of a paper. */
  readonly isReference: boolean
  /** Names of which an author has to have one, or else the words mean themselves. */
  readonly names?: readonly string[]
  /** The first that finds something is meant. */
  readonly searches: readonly MeantSearch[]
}

const longest = 100
const letters = String.raw`[\p{L}\p{M}'’.-]*`
const nameFrom = (first: string) => String.raw`${first}${letters}(?:\s+\p{L}${letters}){0,3}?`
const year = String.raw`,?\s+\(?(?<year>(?:19|20)\d\d)[a-z]?\)?`
const andOthers = new RegExp(String.raw`^(?<first>${nameFrom('\\p{L}')})\s+et\s+al\.?${year}$`, 'u')
const twoAuthors = new RegExp(
  String.raw`^(?<first>${nameFrom('\\p{Lu}')})\s+(?:and|&)\s+(?<second>${nameFrom('\\p{Lu}')})${year}$`,
  'u',
)
const wordsWithYear = new RegExp(`^(?<words>${nameFrom('\\p{L}')})${year}$`, 'u')

const words = /^(?<name>\p{L}[\p{L}\p{M}'’.-]*(?:\s+\p{L}[\p{L}\p{M}'’.-]*){1,3})$/u
const surnameFirst = /^(?<last>[\p{L}\p{M}'’-]+),\s+(?<first>\p{L}[\p{L}\p{M}'’. -]*)$/u

/** A few words of which some, but not all, are stop words: those of searches may be names (`Jun He`, `Bo An`). */
function nameOfStopWord(text: string): string | undefined {
  const { last, first } = surnameFirst.exec(text)?.groups ?? {}
  const name = last === undefined ? words.exec(text)?.groups?.name : `${first} ${last}`
  const stopWords = name?.split(/\s+/).filter((word) => isStopWord(word.toLowerCase())) ?? []
  return stopWords.length > 0 && stopWords.length < (name?.split(/\s+/).length ?? 0) ? name : undefined
}

/** As it is typed, and with capitals. */
function spellingsOf(name: string): string[] {
  const spaced = name.replace(/\s+/g, ' ')
  return [spaced, spaced.toLowerCase().replace(/(?<![\p{L}'’])\p{L}/gu, (letter) => letter.toUpperCase())]
}

/** Reads `Jun He`, `Kaiming He 2026`, `He et al. 2025` and `He and Zhang, 2025`; undefined for other texts. */
export function readDatedAuthor(given: PaperFilter): DatedSearches | undefined {
  const text = given.text?.normalize('NFC').trim() ?? ''
  if (text.length > longest) return undefined
  const search = (meant: string): MeantSearch => ({
    text: meant,
    filter: canonicalFilter({ ...given, text: meant }),
  })
  const cited = (andOthers.exec(text) ?? twoAuthors.exec(text))?.groups
  if (cited) {
    const authors = [cited.first, cited.second].flatMap((one) => one && `author:"${one}"`)
    return {
      isReference: true,
      searches: [search(`${authors.filter(Boolean).join(' ')} year:${cited.year}`)],
    }
  }
  const name = nameOfStopWord(text)
  if (name !== undefined)
    return { isReference: true, names: spellingsOf(name), searches: [search(`author:"${name}"`)] }
  const typed = wordsWithYear.exec(text)?.groups
  if (!typed) return undefined
  const author = `author:"${typed.words}"`
  const searches = [`${author} year:${typed.year}`, author, `${typed.words} year:${typed.year}`]
  return { isReference: false, searches: searches.map(search) }
}
