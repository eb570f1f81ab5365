import { type RawBuilder, sql } from 'kysely'
import { LRUCache } from 'lru-cache'
import type { Db } from './database.ts'
import { anyOf, arrayText } from './keys.ts'
import type { OwnedList } from './lists/owned.ts'
import type { List, Order } from './lists/page.ts'
import { type FieldColumn, fieldColumns } from './model/paper-fields.ts'
import { prepared } from './prepared.ts'
import { SharedReads } from './shared-reads.ts'
import type { PaperRow } from './tables.ts'

/** A paper as it is read: without the columns that only matching and merging use. */
export type PaperFields = Omit<PaperRow, 'title_key' | 'authors_digest' | 'provenance' | 'merged_records'>
export type PaperColumn = keyof PaperFields

/** The columns that are no field of paper-fields.ts: keys, lists kept elsewhere too, and what follows from others. */
const otherColumns: Record<Exclude<PaperColumn, FieldColumn>, true> = {
  id: true,
  arxiv_id: true,
  published_on: true,
  author_count: true,
  author_names: true,
  organization_name: true,
  keyword_keys: true,
  listed_on: true,
  submitter_names: true,
  first_listed_on: true,
  last_listed_on: true,
  ingested_at: true,
  updated_at: true,
  text_changed_at: true,
}

/** Every column of `PaperFields`. */
export const paperColumns = [...Object.keys(otherColumns), ...fieldColumns] as PaperColumn[]
const allColumns: ReadonlySet<PaperColumn> = new Set(paperColumns)

/**
 * The columns that a plan asks for, which may be fewer than a row has, and always the id. In a fixed order, so that
 * one set of columns is one statement.
 */
function selectedColumns(wanted: ReadonlySet<PaperColumn> = allColumns): PaperColumn[] {
  return paperColumns.filter((column) => column === 'id' || wanted.has(column))
}

/** The same as SQL over the alias `p`. */
export function selectPaper(wanted?: ReadonlySet<PaperColumn>): RawBuilder<unknown> {
  return sql.raw(columnsText(wanted))
}

const columnTexts = new WeakMap<ReadonlySet<PaperColumn>, string>()

export function columnsText(wanted = allColumns): string {
  let text = columnTexts.get(wanted)
  if (text === undefined) {
    text = selectedColumns(wanted)
      .map((column) => `p.${column}`)
      .join(', ')
    columnTexts.set(wanted, text)
  }
  return text
}

/** Whether the database has any paper. */
export async function hasPapers(db: Db): Promise<boolean> {
  return (await db.selectFrom('paper').select('id').limit(1).executeTakeFirst()) !== undefined
}

/**
 * arXiv ids of papers that arXiv has not completed, the newest first. It names categories for every paper, and no
 * other source does, so a paper without any has not been described by it.
 */
export async function papersArxivLacks(db: Db, limit: number): Promise<string[]> {
  const rows = await db
    .selectFrom('paper')
    .select('arxiv_id')
    .where('arxiv_id', 'is not', null)
    .where(sql<boolean>`categories = '{}'`)
    .orderBy('published_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit)
    .execute()
  return rows.flatMap((row) => row.arxiv_id ?? [])
}

/** What a paper is known by: its id, or its arXiv id without a version. */
export type PaperKey =
  | { readonly id: number; readonly arxivId?: undefined }
  | { readonly id?: undefined; readonly arxivId: string }

/** In any order, each once; a missing one is left out. */
export async function papersByKeys(
  db: Db,
  keys: readonly PaperKey[],
  wanted?: ReadonlySet<PaperColumn>,
): Promise<PaperFields[]> {
  const ids = keys.flatMap(({ id }) => id ?? [])
  const arxivIds = keys.flatMap(({ arxivId }) => arxivId ?? [])
  if (ids.length === 0 || arxivIds.length === 0) {
    const { read, shared } = lookupOf(db, ids.length > 0 ? 'id' : 'arxiv_id', wanted)
    const [only, ...others] = [...ids, ...arxivIds]
    if (only === undefined) return []
    if (others.length > 0) return [...(await read([...ids, ...arxivIds])).values()]
    const paper = await shared.load(only)
    return paper ? [paper] : []
  }
  return db
    .selectFrom('paper')
    .modifyFront(prepared)
    .select(selectedColumns(wanted))
    .where((eb) => eb.or([eb('id', '=', anyOf(ids)), eb('arxiv_id', '=', anyOf(arxivIds))]))
    .execute()
}

/** Papers by keys of one kind. */
interface PaperLookup {
  read(keys: readonly (number | string)[]): Promise<ReadonlyMap<number | string, PaperFields>>
  /** For what operations ask one by one. */
  readonly shared: SharedReads<number | string, PaperFields>
}

/** By the kind of keys and the columns that are read. */
const lookups = new WeakMap<Db, LRUCache<string, PaperLookup>>()

function lookupOf(db: Db, key: 'id' | 'arxiv_id', wanted: ReadonlySet<PaperColumn> | undefined): PaperLookup {
  const known = lookups.get(db) ?? new LRUCache<string, PaperLookup>({ max: 200 })
  lookups.set(db, known)
  const name = `${key} ${columnsText(wanted)}`
  let lookup = known.get(name)
  if (!lookup) {
    lookup = createLookup(db, key, wanted)
    known.set(name, lookup)
  }
  return lookup
}

function createLookup(
  db: Db,
  key: 'id' | 'arxiv_id',
  wanted: ReadonlySet<PaperColumn> | undefined,
): PaperLookup {
  const column = sql.raw(`p.${key}`)
  const type = sql.raw(key === 'id' ? 'bigint[]' : 'text[]')
  // The planner must not see the list, or it would plan anew for each.
  type Found = PaperFields & { readonly key: number | string }
  const statement = sql<Found>`${prepared}
    select ${column} as key, ${selectPaper(wanted)} from paper p
    where ${column} = any((select ${'{}'}::${type})::${type})`.compile(db)
  const read: PaperLookup['read'] = async (keys) => {
    const { rows } = await db.executeQuery<Found>({ ...statement, parameters: [arrayText(keys)] })
    return new Map(rows.map((row) => [row.key, row]))
  }
  return { read, shared: new SharedReads(read) }
}

/** Papers that fulfil all of `where`, which are SQL over the alias `p`. */
export function listOfPapers(
  where: readonly RawBuilder<unknown>[],
  order: Order,
  wanted?: ReadonlySet<PaperColumn>,
): List {
  return {
    ...{ select: selectPaper(wanted), from: sql`paper p`, where, order },
    ...{ prepared: where.length === 0, name: columnsText(wanted) },
  }
}

/** Papers of these ids alone, as a condition. */
export function oneOfPapers(ids: readonly number[]): RawBuilder<unknown> {
  return sql`p.id = any(${ids}::bigint[])`
}

type Owned = Pick<OwnedList, 'owned' | 'keyType'> & { membership: NonNullable<OwnedList['membership']> }

/** Whose papers: SQL over `p` and the owner's key, and the table that counts them quickly. */
const owners = {
  author: {
    keyType: 'text',
    owned: (key) => sql`p.author_names @> array[${key}]`,
    // Two authors of one paper may have one name.
    membership: { from: sql`paper_author pa`, owned: (key) => sql`pa.author_name = ${key}`, exact: false },
  },
  keyword: {
    keyType: 'text',
    owned: (key) => sql`p.keyword_keys @> array[${key}]`,
    membership: { from: sql`paper_keyword pk`, owned: (key) => sql`pk.keyword_key = ${key}`, exact: true },
  },
  organization: {
    keyType: 'text',
    owned: (key) => sql`p.organization_name = ${key}`,
    membership: { from: sql`paper o`, owned: (key) => sql`o.organization_name = ${key}`, exact: true },
  },
  /** Those that the account is linked to as an author, not those it submitted. */
  account: {
    keyType: 'text',
    owned: (key) => sql`p.id in (select pa.paper_id from paper_author pa where pa.account_name = ${key})`,
    membership: { from: sql`paper_author pa`, owned: (key) => sql`pa.account_name = ${key}`, exact: false },
  },
  edition: {
    keyType: 'date',
    owned: (key) => sql`p.id in (select l.paper_id from listing l where l.edition_date = ${key})`,
    membership: { from: sql`listing l`, owned: (key) => sql`l.edition_date = ${key}`, exact: true },
  },
} satisfies Record<string, Owned>

export type PaperOwner = keyof typeof owners

/** The papers of authors, keywords, organizations, accounts or editions. */
export function papersOwnedBy(kind: PaperOwner, order: Order, wanted?: ReadonlySet<PaperColumn>): OwnedList {
  return { select: selectPaper(wanted), from: sql`paper p`, ...owners[kind], order }
}
