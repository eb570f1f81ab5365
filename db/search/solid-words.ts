import { type RawBuilder, sql } from 'kysely'
import { wordsOf } from '../model/acronyms.ts'
import { unseen } from '../prepared.ts'
import { stemOf } from '../tokens/stem.ts'
import { isStopWord } from '../tokens/words.ts'

/** Letters of a word that may be two, and of each of the two. */
const [shortestWord, longestWord, shortestPart] = [7, 30, 3]
/** Small words between two others, and before one, that are written solid with these (`plugandplay`, `inthewild`). */
const betweenWords = [
  '',
  'and',
  'by',
  'for',
  'in',
  'in the',
  'of',
  'of the',
  'on',
  'the',
  'to',
  'to the',
  'with',
]
const beforeWord = /^(in|on|out|over|under)(of|the|ofthe)(.{3,})$/
/** How much rarer a word must be than both of its parts: e^1 times. `framework` is no rarer than `frame`. */
const leastRarer = 1

/** The words of a text that may be two, folded, each as it was typed. */
export function solidWordsIn(parts: readonly string[]): Map<string, string> {
  const isLong = ({ length }: string) => length >= shortestWord && length <= longestWord
  return new Map(
    parts.flatMap((part) =>
      wordsOf(part)
        .filter(({ word }) => isLong(word) && /^[a-z]+$/.test(word) && !isStopWord(word))
        .map(({ word, start, end }) => [word, part.slice(start, end)] as const),
    ),
  )
}

/**
 * What words that were typed as one are written as in papers, where a word of its own is found besides: a keyword
 * (`chainofthought` is `chain-of-thought`), or words that are much commoner (`statespace` is `state space`) or that no
 * title has as one (`largescale`, which abstracts have as `large-scale`). As SQL: rows `(word, spelling)`.
 */
export function spellingsOfSolidWords(words: readonly string[]): RawBuilder<unknown> {
  const splits = words.flatMap(splitsOf)
  return sql`select asked.word, spelled.spelling
    from unnest(${unseen(words, 'text[]')}) as asked (word) cross join lateral (
      (select k.key as spelling from keyword k
      where translate(k.key, '-_./ ', '') = asked.word and k.key <> asked.word order by k.key limit 1)
      union all
      (select split.spelling from jsonb_to_recordset(${JSON.stringify(splits)}::jsonb)
          as split (word text, stem text, spelling text, first text, second text)
        join term_rarity one on one.term = split.first join term_rarity two on two.term = split.second
        left join term_rarity whole on whole.term = split.stem
      where split.word = asked.word and (
        coalesce(whole.rarity, (select rarest from term_census))
          > greatest(one.rarity, two.rarity) + ${sql.lit(leastRarer)}
        or not exists (select from word w where w.word = asked.word))
      order by one.rarity + two.rarity limit 1)
      limit 1) spelled`
}

interface Split {
  readonly word: string
  readonly stem: string
  readonly spelling: string
  /** Stems of the words that say something. */
  readonly first: string
  readonly second: string
}

function splitsOf(word: string): Split[] {
  const stem = stemOf(word)
  const [, small, smaller, last] = beforeWord.exec(word) ?? []
  const behindSmall =
    last === undefined
      ? []
      : [{ spelling: `${small} ${smaller?.replace('ofthe', 'of the')} ${last}`, parts: [last, last] }]
  const places = Array.from({ length: word.length - shortestPart }, (_, index) => index + shortestPart)
  const between = places.flatMap((at) =>
    betweenWords.flatMap((small) => {
      const solid = small.replace(' ', '')
      const [first, second] = [word.slice(0, at), word.slice(at + solid.length)]
      if (second.length < shortestPart || !word.startsWith(solid, at)) return []
      return [{ spelling: [first, small, second].filter(Boolean).join(' '), parts: [first, second] }]
    }),
  )
  return [...behindSmall, ...between].map(({ spelling, parts: [first = '', second = ''] }) => {
    return { word, stem, spelling, first: stemOf(first), second: stemOf(second) }
  })
}
