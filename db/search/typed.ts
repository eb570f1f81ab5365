import { arxivIdOf, arxivIdsIn, withoutArxivIds } from '../model/arxiv-id.ts'
import { foldTyped } from '../model/text.ts'

/** What a text that somebody typed or pasted asks for. */
export interface TypedText {
  /** The arXiv ids in it; a text with ids is not searched for its words. */
  readonly arxivIds: readonly string[]
  /** Its words, in the syntax of `textQueryOf`; undefined if it has nothing but the criteria below. */
  readonly text: string | undefined
  /** `org:` before a word or a quote. */
  readonly organizationWords: readonly string[]
  /** `-org:` */
  readonly excludedOrganizationWords: readonly string[]
  /** `year:`, as days. */
  readonly publishedFrom: string | undefined
  readonly publishedTo: string | undefined
  /** `-year:`, as ranges of days in the form of Postgres. */
  readonly notPublishedIn: readonly string[]
}

const sites =
  'arxiv(?:\\.org)?(?: e-print archive)?|hugging ?face|alphaxiv|openreview|semantic scholar|papers with code|google scholar|' +
  'github(?: pages)?|youtube|medium|reddit|linkedin|researchgate|acl anthology|ieee xplore|springerlink|emergent mind|daily papers'

/**
 * What browsers, sites and lists of references write around a title: `Paper page - …`, `[12] …`, `… | Hugging Face`,
 * `title = {…},`, `… (2024)`, `Title_of_a_file.pdf`.
 */
const titleDecorations = [
  /^(?:paper page\s+[-–—|]\s+|[([](?:pdf|html|\d{1,3})[)\]]\s+|title:\s+)/iu,
  new RegExp(`\\s+[-–—|·]\\s+(?:${sites})$`, 'iu'),
  /(?<=\S(?:\s+\S+){3})\s+\((?:19|20)\d\d\)\.?$/u,
  /(?<=[\p{L}\p{N}\p{Pe}])\.(?:pdf|html?|epub|docx?|pptx?|bib)$/iu,
]
const bibtexTitle = /^title\s*=\s*[{"]+(.+?)[}"]+,?$/iu
/** `Vaswani et al., 2017` alone names authors. */
const onlyAndOthers =
  /^(\p{Lu}[\p{L}\p{M}'’.-]*(?:\s+\p{Lu}[\p{L}\p{M}'’.-]*){0,3})\s+et\s+al\b\.?(?:,?\s+\(?(?:19|20)\d\d[a-z]?\)?)?$/u
/** `Vaswani et al., 2017`: the year is that of the reference. */
const andOthers = /(?<=\S\s+)et\s+al\b\.?(?:,?\s+\(?(?:19|20)\d\d[a-z]?\)?)?/giu

/** `Author: Yann LeCun`, `papers by Yann LeCun` */
const spacedPrefix = /^(authors?|org|organi[sz]ation|keywords?):\s+(?=\S)/iu
const papersBy = /^(?:papers?|articles?|publications?)\s+by\s+(?=\p{Lu})/u

const criterion = /(?<=^|\s)(-?)(org|organization|year):(?:"([^"]*)"|([^\s"]+))/giu

/** A word that ends on the next line, as PDFs have them; of `rule- and model-based` each part is a word. */
const brokenWord = /(?<=\p{L})[-\u2010\u00ad][^\S\n]*\n\s*(?=\p{Ll})(?!(?:and|or|to|und|et|y)\b)/gu

/** Reads a typed text. `words` looks for its words, whatever arXiv ids are among them. */
export function readTyped(given: string, { words = false } = {}): TypedText {
  let text = foldTyped(given.replace(brokenWord, '-'))
  const arxivIds = words ? [] : idsOf(text)
  if (words) text = withoutArxivIds(text).trim() || text
  for (const decoration of titleDecorations) text = text.replace(decoration, '')
  text = text
    .replace(
      spacedPrefix,
      (_, name: string) =>
        `${name
          .toLowerCase()
          .replace(/(?<=author|keyword)s$/, '')
          .replace('isation', 'ization')}:`,
    )
    .replace(papersBy, '')
  text = text.replace(bibtexTitle, '$1').replace(onlyAndOthers, 'author:"$1"').replace(andOthers, '')
  const organizationWords: string[] = []
  const excludedOrganizationWords: string[] = []
  const notPublishedIn: string[] = []
  let [publishedFrom, publishedTo]: (string | undefined)[] = []
  text = text
    .replace(criterion, (whole, minus: string, name: string, quoted?: string, word?: string) => {
      const value = (quoted ?? word ?? '').trim()
      const isExcluded = minus !== ''
      if (!/^year$/i.test(name)) {
        if (value !== '') (isExcluded ? excludedOrganizationWords : organizationWords).push(value)
        return ''
      }
      const years = yearsOf(value)
      if (!years) return whole
      const [from, to] = [years.from && `${years.from}-01-01`, years.to && `${years.to}-12-31`]
      if (isExcluded) {
        if (!(from && to && from > to)) notPublishedIn.push(`[${from ?? ''},${to ?? ''}]`)
        return ''
      }
      if (from && from > (publishedFrom ?? '')) publishedFrom = from
      if (to && to < (publishedTo ?? '9999-12-31')) publishedTo = to
      return ''
    })
    .replace(/\s+/gu, ' ')
    .trim()
  const criteria = {
    organizationWords,
    excludedOrganizationWords,
    publishedFrom,
    publishedTo,
    notPublishedIn,
  }
  const hasCriteria = Object.values(criteria).some((value) => value !== undefined && value.length > 0)
  return { arxivIds, text: text === '' && hasCriteria ? undefined : text, ...criteria }
}

function idsOf(text: string): string[] {
  const only = arxivIdOf(text)
  return only === undefined ? arxivIdsIn(text) : [only]
}

/** `2024`, `2023-2025`, `2023..2025`, `2023..`, `>=2023`, `<2023`. */
function yearsOf(value: string): { from?: string | undefined; to?: string | undefined } | undefined {
  const [, sign, first, range, last] = /^([<>]=?)?(\d{4})?(-|\.\.)?(\d{4})?$/.exec(value) ?? []
  if (sign !== undefined) {
    if (first === undefined || range !== undefined) return undefined
    const year = Number(first) + (sign === '>' ? 1 : sign === '<' ? -1 : 0)
    const shifted = String(year).padStart(4, '0')
    return year < 1 || year > 9998 ? undefined : sign.startsWith('>') ? { from: shifted } : { to: shifted }
  }
  if (first === undefined && last === undefined) return undefined
  if ([first, last].some((year) => year === '0000')) return undefined
  if (range === undefined) return last === undefined ? { from: first, to: first } : undefined
  return { from: first, to: last }
}
