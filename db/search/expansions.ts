import { wordsOf } from '../model/acronyms.ts'
import { type Clause, clausesOfWords, type PhraseStep } from './clauses.ts'

/** What is looked for beside words that were typed: of `MoE` "mixture-of-experts", of `mixture of experts` "MoE". */
export interface Expansion {
  /** As typed. */
  readonly typed: string
  readonly added: readonly string[]
}

/** What a text without quotes asks for, where expansions may stand for their words. */
export function clausesWithExpansions(text: string, expansions: readonly Expansion[]): Clause[] {
  if (expansions.length === 0) return clausesOfWords(text)
  const words = wordsOf(text)
  const clauses: Clause[] = []
  let from = 0
  for (let index = 0; index < words.length; ) {
    const expansion = expansions.find(({ typed }) =>
      wordsOf(typed).every(({ word }, more) => words[index + more]?.word === word),
    )
    const length = expansion ? wordsOf(expansion.typed).length : 0
    const [first, last] = [words[index], words[index + length - 1]]
    if (expansion && first && last) {
      clauses.push(...clausesOfWords(text.slice(from, first.start)))
      clauses.push(...expanded(text.slice(first.start, last.end), expansion.added))
      from = last.end
    }
    index += length || 1
  }
  return [...clauses, ...clausesOfWords(text.slice(from))]
}

/**
 * The words of a long form side by side, or as one word. Where it begins with a small word or holds a "to", each of its
 * compounds has to be one: places of words do not tell "image-to-video" from "image and video". ("End-to-end" they do.)
 */
function clauseOfAdded(text: string): Clause[] {
  const words = wordsOf(text)
  const joined = clausesOfWords(words.map(({ start, end }) => text.slice(start, end)).join('-'))
  const [clause, ...more] = joined
  if (clause === undefined || more.length > 0) return []
  const hasTo = words.some(({ word }) => word === 'to') && words[0]?.word !== words.at(-1)?.word
  const phrases = hasTo && clause.terms.length > 0 ? [] : clause.phrases
  return [{ ...clause, phrases: phrases.length > 0 ? phrases : phraseOfCompounds(text) }]
}

/** `on-policy distillation` as `onpolicy` before `distillation`; none for what is one compound, or has other small words. */
function phraseOfCompounds(text: string): PhraseStep[][] {
  const steps = text.split(/\s+/u).map((part): PhraseStep => {
    const [clause, ...more] = clausesOfWords(part)
    return { terms: more.length === 0 ? (clause?.terms ?? []) : [], distance: 1 }
  })
  return steps.length > 1 && steps.every(({ terms }) => terms.length > 0) ? [steps] : []
}

/** The words, or one of what is added to them. */
function expanded(words: string, added: readonly string[]): Clause[] {
  const asked = clausesOfWords(words)
  const clauses = added.flatMap(clauseOfAdded)
  if (asked.length === 0 || clauses.length === 0) return asked
  const [only, ...more] = asked
  const isOne = only !== undefined && more.length === 0
  return [
    {
      terms: [...(isOne ? only.terms : []), ...clauses.flatMap(({ terms }) => terms)],
      phrases: [...(isOne ? only.phrases : []), ...clauses.flatMap(({ phrases }) => phrases)],
      ...(!isOne && { every: asked }),
    },
  ]
}
