import { LRUCache } from 'lru-cache'
import { prominentTerm, weights } from '../tokens/document.ts'
import { initialTerm, wordsOfName } from '../tokens/names.ts'
import { clausesOfWords } from './clauses.ts'
import { clausesWithExpansions, type Expansion } from './expansions.ts'
import { neighboursIn } from './neighbours.ts'
import { type Clause, clausesOfPhrase, type PhraseStep } from './phrases.ts'

/** What one alternative of a text asks for: all of `required`, and of no entry of `excluded` all. */
export interface Alternative {
  readonly required: readonly Clause[]
  readonly excluded: readonly (readonly Clause[])[]
}

/** What Postgres is asked for. */
export interface AskedQuery {
  readonly alternatives: readonly Alternative[]
  /** As the text of a `tsquery`; empty if the text has no word that could be found. */
  readonly query: string
  /** The same without what is excluded; empty if the text only excludes. */
  readonly positive: string
  /** The clauses as text, if they are given so: see `clausesOf` of db/search/query-text.ts. */
  readonly clauses?: string
}

/** A text as Postgres is asked for it. */
export interface TextQuery extends AskedQuery {
  /** The same for papers with all its words in the title or among the keywords. */
  readonly prominent: AskedQuery
  /** The text without what is excluded and what is looked for in one field. */
  readonly wanted: string
  /** The text without what is excluded; undefined if it excludes nothing. */
  readonly unexcluded: string | undefined
  /** What every alternative excludes, as the text of a `tsquery`; empty if one excludes nothing. */
  readonly excluded: string
  /** What is said of a paper in which words stand beside each other as in the text: the text of a `tsquery` for each pair. */
  readonly neighbours: readonly string[]
}

const cache = new LRUCache<string, TextQuery>({ max: 500 })

/**
 * Reads a text as people type it into a search: words, of which all are wanted; `"words side by side"`; `-word` for
 * papers without it; `or` between alternatives; and `author:`, `title:`, `abstract:` and `keyword:` before a word or
 * a quote. Whatever else looks like an operator is punctuation.
 *
 * @param expansions what is looked for beside words that are not in quotes, excluded or looked for in one field
 */
export function textQueryOf(text: string, expansions: readonly Expansion[] = []): TextQuery {
  const name = expansions.length === 0 ? text : JSON.stringify([text, expansions])
  const known = cache.get(name)
  if (known) return known
  const { alternatives, wanted, unexcluded } = readAlternatives(text, (plain) =>
    clausesWithExpansions(plain, expansions),
  )
  const alwaysExcludes =
    alternatives.length > 0 && alternatives.every((alternative) => alternative.excluded.length > 0)
  const excluded = alwaysExcludes
    ? allOf(alternatives.map((alternative) => oneOf(alternative.excluded.map(allOfClauses))))
    : ''
  const prominent = askedQuery(alternatives.map(prominentAlternative))
  const neighbours = alternatives.length === 1 ? neighboursIn(wanted).map(allOfClauses) : []
  const read = { ...askedQuery(alternatives), prominent, wanted, unexcluded, excluded, neighbours }
  cache.set(name, read)
  return read
}

function askedQuery(alternatives: readonly Alternative[]): AskedQuery {
  const onlyExcludes = alternatives.some(({ required }) => required.length === 0)
  const positive = alternatives.map(({ required }) => ({ required, excluded: [] }))
  return { alternatives, query: tsqueryOf(alternatives), positive: onlyExcludes ? '' : tsqueryOf(positive) }
}

function prominentAlternative({ required, excluded }: Alternative): Alternative {
  return { required: required.map(prominentClause), excluded }
}

/** A word that is looked for among authors or in the abstract alone stays what it is. */
function prominentClause({ terms, phrases, every, weights: places }: Clause): Clause {
  if (places === weights.authors || places === weights.abstract)
    return { terms, phrases, every, weights: places }
  return {
    terms: terms.map(prominentTerm),
    phrases: phrases.map((steps) => steps.map((step) => ({ ...step, terms: step.terms.map(prominentTerm) }))),
    every: every?.map(prominentClause),
    weights: places,
  }
}

/** The parts of a text that may be expanded. */
export function plainPartsOf(text: string): string[] {
  const parts: string[] = []
  readAlternatives(text, (plain) => {
    if (plain !== '') parts.push(plain)
    return []
  })
  return parts
}

/** Fields of a paper that a word may be looked for in. */
const fields = {
  ...{ author: weights.authors, au: weights.authors, title: weights.title, ti: weights.title },
  ...{ abstract: weights.abstract, abs: weights.abstract, keyword: weights.keywords, kw: weights.keywords },
} as const

type Field = keyof typeof fields

const item = new RegExp(
  String.raw`(?<=^|[\s(\[])(?<minus>-?)(?:(?<field>${Object.keys(fields).join('|')}):)?(?:"(?<quoted>[^"]*)"|(?<word>\S+))`,
  'giu',
)

function readAlternatives(
  text: string,
  readPlain: (plain: string) => Clause[],
): Pick<TextQuery, 'alternatives' | 'wanted' | 'unexcluded'> {
  const alternatives: { required: Clause[]; excluded: Clause[][] }[] = [{ required: [], excluded: [] }]
  let plain = ''
  let wanted = ''
  let unexcluded = ''
  const current = () => alternatives.at(-1) ?? { required: [], excluded: [] }
  const endPlain = () => {
    current().required.push(...readPlain(plain))
    plain = ''
  }
  /** Whether something stands on both sides: a lone `OR` is an acronym, if anything. */
  const isBetween = ({ index, 0: { length } }: RegExpExecArray) =>
    text.slice(0, index).trim() !== '' && text.slice(index + length).trim() !== ''
  for (const match of text.matchAll(item)) {
    const { minus, field, quoted, word = '' } = match.groups ?? {}
    const isNegative = minus === '-' && (quoted !== undefined || /^[\p{L}\p{N}]/u.test(word))
    if (field === undefined && !isNegative) wanted += ` ${match[0]}`
    if (!isNegative) unexcluded += ` ${match[0]}`
    if (quoted === undefined && field === undefined && !isNegative) {
      if (/^or$/i.test(word) && isBetween(match)) {
        endPlain()
        alternatives.push({ required: [], excluded: [] })
      } else plain += `${text.slice(match.index - 1, match.index) === '(' ? '(' : ' '}${match[0]}`
      continue
    }
    endPlain()
    const value = quoted ?? word
    const clauses = field
      ? clausesOfField(field.toLowerCase() as Field, value, quoted !== undefined)
      : quoted !== undefined
        ? clausesOfPhrase(value)
        : clausesOfWords(value)
    if (!isNegative) current().required.push(...clauses)
    else if (clauses.length > 0) current().excluded.push(clauses)
  }
  endPlain()
  const said = alternatives.filter(({ required, excluded }) => required.length + excluded.length > 0)
  const excludes = said.some(({ excluded }) => excluded.length > 0)
  return { alternatives: said, wanted, unexcluded: excludes ? unexcluded.trim() : undefined }
}

function clausesOfField(field: Field, value: string, isQuoted: boolean): Clause[] {
  const found = fields[field]
  if (found === weights.authors) return clausesOfAuthor(value)
  return isQuoted
    ? clausesOfPhrase(value, { weights: found })
    : clausesOfWords(value).map((clause) => ({ ...clause, weights: found }))
}

/** `LeCun`, `Yann LeCun`, `LeCun, Yann`, `Y. LeCun`: each word of a name, and the last name with the initial of the first. */
function clausesOfAuthor(value: string): Clause[] {
  const [last = '', first] = value.split(',', 2)
  const words = (first === undefined ? value : `${first} ${last}`).split(/\s+/u).filter((word) => word !== '')
  const [lastName = []] = wordsOfName(words.at(-1) ?? '')
  return words.flatMap((word, index): Clause[] => {
    const [[spelling = ''] = []] = wordsOfName(word)
    const [initial = ''] = [...spelling]
    const isGiven = index < words.length - 1 && initial !== ''
    return [
      ...(isGiven ? [{ terms: lastName.map((name) => initialTerm(name, initial)), phrases: [] }] : []),
      ...(isGiven && spelling === initial
        ? []
        : clausesOfPhrase(word, { weights: weights.authors, keepStopWords: true })),
    ]
  })
}

/** Alternatives as the text of a `tsquery`. */
function tsqueryOf(alternatives: readonly Alternative[]): string {
  const texts = alternatives.map(({ required, excluded }) =>
    [...required.map(clauseText), ...excluded.map((clauses) => `!${allOfClauses(clauses)}`)].join(' & '),
  )
  return texts.filter((text) => text !== '').join(' | ')
}

function allOfClauses(clauses: readonly Clause[]): string {
  return allOf(clauses.map(clauseText))
}

function clauseText({ terms, phrases, every, weights: places = '' }: Clause): string {
  return oneOf([
    ...terms.map((term) => quoted(term, places)),
    ...phrases.map((steps) => phraseText(steps, places)),
    ...(every ? [allOf(every.map(clauseText))] : []),
  ])
}

function phraseText(steps: readonly PhraseStep[], places: string): string {
  const texts = steps.map(({ terms, distance }, index) => {
    const step = oneOf(terms.map((term) => quoted(term, places)))
    return index === 0 ? step : `<${distance}> ${step}`
  })
  return `(${texts.join(' ')})`
}

/** The terms that a paper must have to fulfil a clause, as the index is asked for them: it knows no places. */
export function indexTextOf({ terms, phrases, every }: Clause): string {
  const all = (steps: readonly PhraseStep[]) =>
    steps.map((step) => oneOf(step.terms.map((term) => quoted(term, '')))).join(' & ')
  return oneOf([
    ...terms.map((term) => quoted(term, '')),
    ...phrases.map((steps) => `(${all(steps)})`),
    ...(every ? [allOf(every.map(indexTextOf))] : []),
  ])
}

function allOf(texts: readonly string[]): string {
  return `(${texts.join(' & ')})`
}

function oneOf(texts: readonly string[]): string {
  const [only, ...others] = texts
  return only !== undefined && others.length === 0 ? only : `(${texts.join(' | ')})`
}

/** Terms are made of letters, digits and a few signs: none needs more than quotes. */
function quoted(term: string, places: string): string {
  return places ? `'${term}':${places}` : `'${term}'`
}
