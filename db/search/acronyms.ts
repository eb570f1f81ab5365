import { type RawBuilder, sql } from 'kysely'
import type { Db } from '../database.ts'
import { longFormKey, wordsOf } from '../model/acronyms.ts'
import type { Expansion } from './expansions.ts'
import { newestWithWords } from './matches.ts'
import { textQueryOf } from './text-query.ts'

/** Papers that have to define an acronym in the same way: one alone may name its own invention. */
export const fewestPapers = 2
/** What is added to one acronym or long form at most. */
export const mostAdded = 3
/** Of the papers that define an acronym, how many have to agree. */
const leastShare = { replaced: 0.5, added: 0.6 }
/** Papers with an acronym that are looked at, and the share of them at which it counts as an ordinary word: `ACT`. */
const sample = { papers: 50, ordinaryShare: 0.2 }

/** An acronym and what it stands for, both in their commonest spellings. */
export interface AcronymPair {
  readonly key: string
  readonly long_key: string
  readonly acronym: string
  readonly long_form: string
  /** Of the papers that define the acronym, those that define it so. */
  readonly share: number
}

/** Words of a text that may be an acronym or a long form. */
interface Span {
  readonly typed: string
  /** Counted in words of the text. */
  readonly from: number
  readonly to: number
  /** In the singular and as typed; none for several words. */
  readonly acronymKeys: readonly string[]
  readonly longKey: string
}

/** The acronyms and long forms that a text may have, each part of it for itself. */
export type AcronymSpans = readonly (readonly Span[])[]

export function acronymSpansOf(parts: readonly string[]): AcronymSpans {
  return parts.map(spansOf)
}

/** The number of words that the parts have. */
export function wordsIn(parts: AcronymSpans): number {
  return parts.reduce((sum, spans) => sum + Math.max(0, ...spans.map(({ to }) => to)), 0)
}

/** What is added to the acronyms and long forms of a text, by the pairs that papers define. */
export async function expansionsOfAcronyms(
  db: Db,
  parts: AcronymSpans,
  pairs: readonly AcronymPair[],
): Promise<Expansion[]> {
  const found = parts.flatMap((spans) => chosenSpans(spans, pairs))
  const doubtful = found.flatMap(({ span, pairs: own }) =>
    own.filter(({ long_key }) => span.longKey === long_key || span.typed === span.typed.toLowerCase()),
  )
  const ordinary = await ordinaryWords(db, doubtful)
  return found.flatMap(({ span, pairs: own }) => {
    const added = own
      .filter((pair) => !(doubtful.includes(pair) && ordinary.has(pair.key)))
      .map((pair) => (pair.long_key === span.longKey ? pair.acronym : pair.long_form))
    return added.length > 0 ? [{ typed: span.typed, added: added.slice(0, mostAdded) }] : []
  })
}

function spansOf(text: string): Span[] {
  const words = wordsOf(text)
  return words.flatMap((first, from) =>
    words.slice(from).map((last, more) => {
      const typed = text.slice(first.start, last.end)
      const acronymKeys = more === 0 ? [first.word, first.word.replace(/(?<=.)s$/u, '')] : []
      return { typed, from, to: from + more + 1, acronymKeys, longKey: longFormKey(typed) }
    }),
  )
}

/** The first and longest spans that mean something, with what they mean. */
function chosenSpans(
  spans: readonly Span[],
  pairs: readonly AcronymPair[],
): { span: Span; pairs: AcronymPair[] }[] {
  const chosen: { span: Span; pairs: AcronymPair[] }[] = []
  let free = 0
  for (const span of spans.toSorted((a, b) => a.from - b.from || b.to - a.to)) {
    if (span.from < free) continue
    const byLongForm = pairs.filter(
      ({ long_key, share }) => long_key === span.longKey && share >= leastShare.added,
    )
    const byAcronym = span.acronymKeys.map((key) => pairs.filter((pair) => pair.key === key))
    const own = [byLongForm, ...byAcronym].find((some) => some.length > 0)
    if (own === undefined) continue
    chosen.push({ span, pairs: own })
    free = span.to
  }
  return chosen
}

/**
 * The pairs of the acronyms and long forms as SQL: rows of the columns of `AcronymPair`, and the number of `papers` that
 * define each.
 */
export function pairsAmong(keys: RawBuilder<unknown>, longKeys: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`select key, long_key, acronym, long_form, (papers / defined)::float8 as share, papers::integer from (
      select key, long_key, (array_agg(acronym order by papers desc, acronym))[1] as acronym,
        (array_agg(long_form order by papers desc, long_form))[1] as long_form,
        sum(papers) as papers, sum(sum(papers)) over (partition by key) as defined
      from acronym where key in (
        select key from acronym where key = any(${keys})
        union select key from acronym where long_key = any(${longKeys}))
      group by key, long_key) pair
    where papers >= ${sql.lit(fewestPapers)} and papers >= defined * ${sql.lit(leastShare.replaced)}
      and (key = any(${keys}) or long_key = any(${longKeys}))`
}

/** The keys of those acronyms that papers mostly write in small letters, as the words that they also are. */
async function ordinaryWords(db: Db, pairs: readonly AcronymPair[]): Promise<Set<string>> {
  if (pairs.length === 0) return new Set()
  const asked = [...new Map(pairs.map(({ key, acronym }) => [key, acronym]))].map(([key, acronym]) => ({
    key,
    query: textQueryOf(acronym).query,
    small: `(^|[[:space:](])${key}s?($|[[:space:]),.;:])`,
  }))
  const { rows } = await sql<{ key: string }>`
    select asked.key from jsonb_to_recordset(${JSON.stringify(asked)}::jsonb)
      as asked (key text, query tsquery, small text)
    where (
      select avg((concat_ws(' ', p.title, p.abstract) ~ asked.small)::integer) from paper p
      where p.id = any(array(${newestWithWords(sql`asked.query`, sample.papers)}))) >= ${sql.lit(sample.ordinaryShare)}
  `.execute(db)
  return new Set(rows.map(({ key }) => key))
}
