import { type RawBuilder, sql } from 'kysely'
import { LRUCache } from 'lru-cache'
import type { Db } from '../database.ts'
import { longFormKey, wordsOf } from '../model/acronyms.ts'
import { prepared } from '../prepared.ts'
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
      select a.key, a.long_key, (array_agg(acronym order by papers desc, acronym))[1] as acronym,
        (array_agg(long_form order by papers desc, long_form))[1] as long_form,
        sum(papers) as papers, sum(sum(papers)) over (partition by a.key) as defined
      from (
        select unnest(${keys}) as key
        union select a.key from unnest(${longKeys}) as wanted (long_key)
          cross join lateral (select key from acronym a where a.long_key = wanted.long_key offset 0) a) wanted
      cross join lateral (select * from acronym a where a.key = wanted.key offset 0) a
      group by a.key, a.long_key) pair
    where papers >= ${sql.lit(fewestPapers)} and papers >= defined * ${sql.lit(leastShare.replaced)}
      and (key = any(${keys}) or long_key = any(${longKeys}))`
}

/** By acronyms, for a while: it takes as long as a search to find out, and changes as slowly as the language. */
const ordinaryKnown = new WeakMap<Db, LRUCache<string, boolean>>()
const knownForMs = 60_000

/** The keys of those acronyms that papers mostly write in small letters, as the words that they also are. */
async function ordinaryWords(db: Db, pairs: readonly AcronymPair[]): Promise<Set<string>> {
  if (pairs.length === 0) return new Set()
  const known = ordinaryKnown.get(db) ?? new LRUCache<string, boolean>({ max: 5000, ttl: knownForMs })
  ordinaryKnown.set(db, known)
  // Looked up once: what is known may be forgotten while the rest is read.
  const found = new Map(pairs.map((pair) => [pair, known.get(nameOf(pair))]))
  const unknown = new Map(
    pairs.filter((pair) => found.get(pair) === undefined).map((pair) => [nameOf(pair), pair]),
  )
  const read = unknown.size > 0 ? await readOrdinary(db, [...unknown.values()]) : new Set()
  for (const [name, { key }] of unknown) known.set(name, read.has(key))
  return new Set(pairs.filter((pair) => found.get(pair) ?? read.has(pair.key)).map(({ key }) => key))
}

function nameOf({ key, acronym }: AcronymPair): string {
  return `${key} ${acronym}`
}

async function readOrdinary(db: Db, pairs: readonly AcronymPair[]): Promise<Set<string>> {
  const asked = pairs.map(({ key, acronym }) => ({
    key,
    query: textQueryOf(acronym).query,
    small: `(^|[[:space:](])${key}s?($|[[:space:]),.;:])`,
  }))
  const { rows } = await sql<{ key: string }>`${prepared}
    select asked.key from jsonb_to_recordset(${JSON.stringify(asked)}::jsonb)
      as asked (key text, query tsquery, small text)
    where (
      select avg((concat_ws(' ', p.title, p.abstract) ~ asked.small)::integer) from paper p
      where p.id = any(array(${newestWithWords(sql`asked.query`, sample.papers)}))) >= ${sql.lit(sample.ordinaryShare)}
  `.execute(db)
  return new Set(rows.map(({ key }) => key))
}
