import { sql } from 'kysely'
import type { Db } from '../database.ts'
import { prepared, unseen } from '../prepared.ts'
import { SharedReads } from '../shared-reads.ts'
import {
  type AcronymPair,
  acronymSpansOf,
  expansionsOfAcronyms,
  mostAdded,
  pairsAmong,
  wordsIn,
} from './acronyms.ts'
import type { Expansion } from './expansions.ts'
import { librarySize, noteLibrarySize } from './library-size.ts'
import { solidWordsIn, spellingsOfSolidWords } from './solid-words.ts'
import { plainPartsOf, textQueryOf } from './text-query.ts'

/** Longer texts are titles and sentences, which say themselves what they mean. */
export const mostExpandedWords = 8

/**
 * What is looked for beside the words of a text: of an acronym its long form and of a long form its acronyms, as the
 * papers here define them. An acronym stands for what at least half of the papers that define it say, and at least
 * `fewestPapers`. As it also brings the papers that mean something else by it, it is added to a long form only if
 * three fifths say so. Ordinary words are not taken for acronyms, unless they are typed in capitals. Words typed as one
 * are looked for apart too (db/search/solid-words.ts). Nothing is added to what is in quotes, excluded or asked of one
 * field, and to longer texts.
 */
export async function expansionsOf(db: Db, text: string): Promise<Expansion[]> {
  const parts = plainPartsOf(text)
  const spans = acronymSpansOf(parts)
  const words = wordsIn(spans)
  if (words === 0 || words > mostExpandedWords) return []
  const keys = spans.flat().flatMap(({ acronymKeys }) => acronymKeys)
  const longKeys = spans.flat().map(({ longKey }) => longKey)
  const asSolid = solidWordsIn(parts)
  const asked = JSON.stringify([keys, longKeys, [...asSolid.keys()]] satisfies AskedWords)
  const { pairs, spellings } = (await readsOf(db).load(asked)) ?? nothing
  const acronyms = await expansionsOfAcronyms(db, spans, pairs)
  const solid = [...asSolid].flatMap(([word, typed]) => {
    const spelling = spellings.get(word)
    return spelling === undefined ? [] : [{ typed, added: [spelling] }]
  })
  const addedTo = (typed: string) => solid.find((one) => one.typed === typed)?.added ?? []
  return [
    ...acronyms.map(({ typed, added }) => ({
      typed,
      added: [...addedTo(typed), ...added].slice(0, mostAdded),
    })),
    ...solid.filter(({ typed }) => acronyms.every((one) => one.typed !== typed)),
  ]
}

/** Keys of acronyms, keys of long forms, and words that may be two. */
type AskedWords = [keys: string[], longKeys: string[], words: string[]]

/** What papers say of words. */
interface Meanings {
  /** Those that most papers define first. */
  readonly pairs: readonly AcronymPair[]
  /** How words typed as one are written. */
  readonly spellings: ReadonlyMap<string, string>
}

const nothing: Meanings = { pairs: [], spellings: new Map() }

/** Texts whose words one statement looks up at most. */
const textsAtOnce = 30

const reads = new WeakMap<Db, SharedReads<string, Meanings>>()

/** Searches of the same turn look up their words together. */
function readsOf(db: Db): SharedReads<string, Meanings> {
  const known =
    reads.get(db) ??
    new SharedReads<string, Meanings>(async (asked) => {
      const meanings = await readMeanings(
        db,
        asked.map((words) => JSON.parse(words) as AskedWords),
      )
      return new Map(asked.map((words) => [words, meanings]))
    }, textsAtOnce)
  reads.set(db, known)
  return known
}

type Row =
  | ({ readonly kind: 'pair'; readonly papers: number } & AcronymPair)
  | { readonly kind: 'size'; readonly share: number }
  | { readonly kind: 'solid'; readonly word: string; readonly spelling: string }

async function readMeanings(db: Db, asked: readonly AskedWords[]): Promise<Meanings> {
  const [keys, longKeys, words] = ([0, 1, 2] as const).map((at) => [
    ...new Set(asked.flatMap((one) => one[at])),
  ]) as AskedWords
  const pairs = pairsAmong(unseen(keys, 'text[]'), unseen(longKeys, 'text[]'))
  const { rows } = await sql<Row>`${prepared}
    select 'pair' as kind, pair.*, null as word, null as spelling from (${pairs}) pair
    union all
    select 'solid', null, null, null, null, null, null, solid.* from (${spellingsOfSolidWords(words)}) solid
    union all
    select 'size', null, null, null, null, ${librarySize}::float8, null, null, null`.execute(db)
  for (const row of rows) if (row.kind === 'size') noteLibrarySize(db, row.share)
  return {
    pairs: rows
      .filter((row) => row.kind === 'pair')
      // A few are written as words that are never searched for: operations research (OR).
      .filter(({ acronym }) => textQueryOf(acronym).query !== '')
      .sort((a, b) => b.papers - a.papers || compare(a.key, b.key) || compare(a.long_key, b.long_key)),
    spellings: new Map(rows.flatMap((row) => (row.kind === 'solid' ? [[row.word, row.spelling]] : []))),
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
