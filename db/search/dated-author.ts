import { type CanonicalFilter, canonicalFilter, type PaperFilter } from './filter.ts'

/** A search for what a text may mean. */
export interface MeantSearch {
  /** In the syntax of searches. */
  readonly text: string
  readonly filter: CanonicalFilter
}

/** What a text that ends with a year may mean. */
export interface DatedSearches {
  /** `He et al. 2025`, `He and Zhang, 2025`: nothing else is meant. Words with a year may be those of a paper. */
  readonly isReference: boolean
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

/** Reads `Kaiming He 2026`, `He et al. 2025` and `He and Zhang, 2025`; undefined for other texts. */
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
  const typed = wordsWithYear.exec(text)?.groups
  if (!typed) return undefined
  const author = `author:"${typed.words}"`
  const searches = [`${author} year:${typed.year}`, author, `${typed.words} year:${typed.year}`]
  return { isReference: false, searches: searches.map(search) }
}
