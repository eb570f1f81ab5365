import { sql, type Transaction } from 'kysely'
import type { Tables } from '../tables.ts'
import type { Mention } from '../tokens/document.ts'
import { insertRows } from './store.ts'
import { makeWhileStoring } from './while-storing.ts'

/** Papers in which terms are counted: the newest, so that the counts follow the words of the time. */
const censusSize = 5000
/** A term of fewer papers than one in so many is as rare as one of exactly one in so many. */
const rarestShare = 500
/** Papers that are added to those counted, so that of the first few papers no word seems to be in all. */
const imagined = 20

/** Terms to store of a title, and of an abstract besides: those that tell most. */
const fromTitle = 12
const fromAbstract = 10
/** Commoner is a word of more than half of the papers. */
const leastRarity = 1
/** Letters of the longest term to store: a longer one is no word. */
const longestTerm = 40
interface Weighed {
  readonly term: string
  readonly weight: number
  readonly inTitle: boolean
}

export interface MentionsOf {
  readonly id: number
  readonly isNew: boolean
  readonly mentions: ReadonlyMap<string, Mention>
}

/** Stores the terms that tell each of these papers from others: db/related.ts finds related papers by them. */
export async function storeRelatedTerms(
  trx: Transaction<Tables>,
  papers: readonly MentionsOf[],
): Promise<void> {
  if (papers.length === 0) return
  await countTerms(trx, Math.max(...papers.map(({ id }) => id)))
  const weighed = papers.map(({ id, mentions }) => ({ id, terms: weighTerms(mentions) }))
  const rarityOf = await rarities(trx, new Set(weighed.flatMap(({ terms }) => terms.map(({ term }) => term))))
  const known = papers.filter(({ isNew }) => !isNew).map(({ id }) => id)
  if (known.length > 0)
    await sql`delete from paper_term where paper_id = any(${known}::bigint[])`.execute(trx)
  const rowsOf = ({ id, terms }: (typeof weighed)[number]) =>
    choose(terms, rarityOf).map(({ term, weight }) => ({ paper_id: id, weight, term }))
  await makeWhileStoring(weighed, rowsOf, (rows) => insertRows(trx, 'paper_term', rows.flat()))
}

/**
 * The terms with their weight in BM25F (Robertson, Zaragoza and Taylor, "Simple BM25 extension to multiple weighted
 * fields", CIKM 2004) in hundredths: a word of the title counts as three of the abstract, k1 is 1.2, b is 0.5, and the
 * mean length is 200. A compound (`gaussiansplat`) counts besides its parts, so it weighs half.
 */
function weighTerms(mentions: ReadonlyMap<string, Mention>): Weighed[] {
  const terms = [...mentions].map(([term, { titleTimes, abstractTimes, isCompound }]) => {
    const times = (3 * titleTimes + abstractTimes) / (isCompound ? 2 : 1)
    return { term, times, inTitle: titleTimes > 0, isCompound }
  })
  const length = terms.reduce((sum, { times, isCompound }) => sum + (isCompound ? 0 : times), 0)
  const damping = 1.2 * (0.5 + (0.5 * length) / 200)
  return terms
    .filter(({ term }) => isTopical(term))
    .map(({ term, times, inTitle, isCompound }) => ({
      term,
      inTitle,
      weight: Math.max(1, Math.round(((isCompound ? 110 : 220) * times) / (times + damping))),
    }))
}

function isTopical(term: string): boolean {
  return term.length > 1 && term.length <= longestTerm && /\p{L}/u.test(term)
}

function choose(terms: readonly Weighed[], rarityOf: (term: string) => number): Weighed[] {
  const points = new Map(terms.map((one) => [one, one.weight ** 2 * rarityOf(one.term)]))
  const best = terms
    .filter(({ term }) => rarityOf(term) >= leastRarity)
    .sort((a, b) => (points.get(b) ?? 0) - (points.get(a) ?? 0) || (a.term < b.term ? -1 : 1))
  return [
    ...best.filter(({ inTitle }) => inTitle).slice(0, fromTitle),
    ...best.filter(({ inTitle }) => !inTitle).slice(0, fromAbstract),
  ]
}

async function rarities(
  trx: Transaction<Tables>,
  terms: ReadonlySet<string>,
): Promise<(term: string) => number> {
  const { rarest } = await trx.selectFrom('term_census').select('rarest').executeTakeFirstOrThrow()
  const { rows } = await sql<{ term: string; rarity: number }>`
    select term, rarity from term_rarity where term = any(${[...terms]}::text[])`.execute(trx)
  const rarity = new Map(rows.map((row) => [row.term, row.rarity]))
  return (term) => rarity.get(term) ?? rarest
}

/**
 * Counts anew how rare terms are once there are twice as many papers as at the last time: a second of work, some ten
 * times in the life of a database. The rarity of a term is its inverse document frequency, ln(1 + papers / papers with
 * the term).
 */
async function countTerms(trx: Transaction<Tables>, newest: number): Promise<void> {
  const { up_to } = await trx.selectFrom('term_census').select('up_to').executeTakeFirstOrThrow()
  if (newest < 2 * up_to) return
  await sql`delete from term_rarity`.execute(trx)
  await sql`
    with size as materialized (
      select count(*) + ${sql.lit(imagined)} as papers from (select from paper limit ${sql.lit(censusSize)}) p),
    stored as (
      insert into term_rarity select counted.word, ln(1 + size.papers::float8 / counted.ndoc)
      from size, ts_stat(${`select search from paper order by id desc limit ${censusSize}`}, 'AD') counted
      where counted.ndoc * ${sql.lit(rarestShare)} > size.papers)
    update term_census set up_to = ${newest},
      rarest = (select ln(1 + least(size.papers, ${sql.lit(rarestShare)})::float8) from size)`.execute(trx)
}
