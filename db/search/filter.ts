import { type RawBuilder, sql } from 'kysely'
import type { Db } from '../database.ts'
import { foldSpace, keywordKey } from '../model/text.ts'
import type { Expansion } from './expansions.ts'
import { type TextQuery, textQueryOf } from './text-query.ts'
import { readTyped, type TypedText } from './typed.ts'

/**
 * Which papers are wanted. Whatever is given has to hold; of a list, one item has to. Days are `YYYY-MM-DD`, both
 * ends included. Absent and null are the same: no matter.
 */
export interface PaperFilter {
  /** As people type it: see `readTyped` and `textQueryOf`. */
  readonly text?: string | null | undefined
  readonly authors?: readonly string[] | null | undefined
  readonly organizations?: readonly string[] | null | undefined
  readonly keywords?: readonly string[] | null | undefined
  readonly submitters?: readonly string[] | null | undefined
  readonly categories?: readonly string[] | null | undefined
  readonly publishedFrom?: string | null | undefined
  readonly publishedTo?: string | null | undefined
  readonly editionFrom?: string | null | undefined
  readonly editionTo?: string | null | undefined
  readonly minUpvotes?: number | null | undefined
  readonly hasCode?: boolean | null | undefined
  readonly hasProjectPage?: boolean | null | undefined
  readonly hasMedia?: boolean | null | undefined
  readonly withdrawn?: boolean | null | undefined
}

/** The values that criteria compare with, and their types in Postgres. */
const types = {
  arxivIds: 'text[]',
  text: 'text',
  authors: 'text[]',
  organizations: 'text[]',
  organizationWords: 'text[]',
  excludedOrganizationWords: 'text[]',
  keywords: 'text[]',
  submitters: 'text[]',
  categories: 'text[]',
  publishedFrom: 'date',
  publishedTo: 'date',
  notPublishedIn: 'daterange[]',
  editionFrom: 'date',
  editionTo: 'date',
  minUpvotes: 'integer',
  hasCode: 'boolean',
  hasProjectPage: 'boolean',
  hasMedia: 'boolean',
  withdrawn: 'boolean',
} as const

type ValueName = keyof typeof types
const valueNames = Object.keys(types) as ValueName[]

/** A filter in its one form: folded, sorted, without what is absent. Equal filters are equal as JSON. */
export type CanonicalFilter = {
  readonly [Name in ValueName]?: string | number | boolean | readonly string[]
} & {
  /** What a search adds to the words of the text. Lists and the feed add nothing: they would change with the papers. */
  readonly expansions?: readonly Expansion[]
}

export type Criterion = keyof CanonicalFilter

type Sql = RawBuilder<unknown>
type Test = (value: (name: ValueName) => Sql) => Sql

/**
 * Each criterion once, over the columns of the paper's own row (alias `p`), so that one paper can be judged without
 * a join. Cheap ones come first: the table of filters stops at the first that fails.
 */
const criteria: readonly { readonly needs: readonly ValueName[]; readonly test: Test }[] = [
  { needs: ['arxivIds'], test: (v) => sql`p.arxiv_id = any(${v('arxivIds')})` },
  { needs: ['minUpvotes'], test: (v) => sql`p.upvotes >= ${v('minUpvotes')}` },
  { needs: ['publishedFrom'], test: (v) => sql`p.published_at >= ${midnight(v('publishedFrom'))}` },
  { needs: ['publishedTo'], test: (v) => sql`p.published_at < ${midnight(sql`${v('publishedTo')} + 1`)}` },
  { needs: ['hasCode'], test: (v) => sql`(p.github_repo is not null) = ${v('hasCode')}` },
  { needs: ['hasProjectPage'], test: (v) => sql`(p.project_page is not null) = ${v('hasProjectPage')}` },
  { needs: ['hasMedia'], test: (v) => sql`(p.media_urls <> '{}') = ${v('hasMedia')}` },
  { needs: ['withdrawn'], test: (v) => sql`(p.withdrawn_at is not null) = ${v('withdrawn')}` },
  { needs: ['organizations'], test: (v) => sql`p.organization_name = any(${v('organizations')})` },
  {
    needs: ['organizationWords'],
    test: (v) => sql`exists (select from organization o
      where o.name = p.organization_name and ${hasWordsOfOneOf(v('organizationWords'))})`,
  },
  {
    needs: ['excludedOrganizationWords'],
    test: (v) => sql`not exists (select from organization o
      where o.name = p.organization_name and ${hasWordsOfOneOf(v('excludedOrganizationWords'))})`,
  },
  {
    needs: ['notPublishedIn'],
    test: (v) => sql`not exists (select from unnest(${v('notPublishedIn')}) as excluded (days)
      where p.published_on <@ excluded.days)`,
  },
  {
    needs: ['editionFrom', 'editionTo'],
    // The span lets an index help; the days decide, as a paper may be on an edition before and on one after.
    test: (v) => sql`(p.first_listed_on is not null
      and daterange(p.first_listed_on, p.last_listed_on, '[]') && ${span(v('editionFrom'), v('editionTo'))}
      and exists (select from unnest(p.listed_on) as listed (day)
        where listed.day <@ ${span(v('editionFrom'), v('editionTo'))}))`,
  },
  { needs: ['authors'], test: (v) => sql`p.author_names && ${v('authors')}` },
  { needs: ['keywords'], test: (v) => sql`p.keyword_keys && ${v('keywords')}` },
  { needs: ['submitters'], test: (v) => sql`p.submitter_names && ${v('submitters')}` },
  { needs: ['categories'], test: (v) => sql`p.categories && ${v('categories')}` },
  { needs: ['text'], test: (v) => sql`p.search @@ ${v('text')}` },
]

function midnight(day: Sql): Sql {
  return sql`((${day})::timestamp at time zone 'UTC')`
}

/** From a day to a day; null is without an end. Postgres refuses a range that ends before it begins. */
function span(from: Sql, to: Sql): Sql {
  return sql`case when ${from} > ${to} then 'empty' else daterange(${from}, ${to}, '[]') end`
}

/** Whether the organization `o` has the words of one of some texts side by side in its name or its full name. */
export function hasWordsOfOneOf(texts: Sql): Sql {
  const folded = (text: Sql) => sql`(' ' || translate(folded(${text}), '-_./', '    ') || ' ')`
  return sql`exists (select from unnest(${texts}) as wanted (words)
    where strpos(${folded(sql`o.name || ' ' || coalesce(o.full_name, '')`)}, ${folded(sql`wanted.words`)}) > 0)`
}

/** The one form of a filter. Names are folded the way the writer folds them; empty lists are no criterion. */
export function canonicalFilter(filter: PaperFilter): CanonicalFilter {
  return canonical(filter, filter.text == null ? undefined : readTyped(filter.text))
}

/** The same of the words of the text alone, whatever arXiv ids are among them. */
export function filterByWords(filter: PaperFilter): CanonicalFilter {
  return canonical(filter, filter.text == null ? undefined : readTyped(filter.text, { words: true }))
}

function canonical(filter: PaperFilter, typed: TypedText | undefined): CanonicalFilter {
  const names = (given: readonly string[] | null | undefined, fold: (name: string) => string) =>
    given?.length ? [...new Set(given.map(fold))].sort() : undefined
  const values: { [Name in ValueName]: CanonicalFilter[Name] | null | undefined } = {
    arxivIds: names(typed?.arxivIds, (id) => id),
    text: typed?.arxivIds.length ? undefined : typed?.text,
    organizationWords: names(typed?.organizationWords, foldSpace),
    excludedOrganizationWords: names(typed?.excludedOrganizationWords, foldSpace),
    notPublishedIn: names(typed?.notPublishedIn, (days) => days),
    authors: names(filter.authors, foldSpace),
    organizations: names(filter.organizations, foldSpace),
    keywords: names(filter.keywords, keywordKey),
    submitters: names(filter.submitters, foldSpace),
    categories: names(filter.categories, foldSpace),
    publishedFrom: [filter.publishedFrom, typed?.publishedFrom]
      .filter((day) => day != null)
      .sort()
      .at(-1),
    publishedTo: [filter.publishedTo, typed?.publishedTo].filter((day) => day != null).sort()[0],
    editionFrom: filter.editionFrom,
    editionTo: filter.editionTo,
    minUpvotes: filter.minUpvotes,
    hasCode: filter.hasCode,
    hasProjectPage: filter.hasProjectPage,
    hasMedia: filter.hasMedia,
    withdrawn: filter.withdrawn,
  }
  return Object.fromEntries(
    valueNames.filter((name) => values[name] != null).map((name) => [name, values[name]]),
  )
}

/** A filter as conditions on `paper p`, one for each criterion that is present: for a statement of one filter. */
export function filterConditions(filter: CanonicalFilter): Sql[] {
  const value = (name: ValueName): Sql => {
    const given = sql`${filter[name] ?? null}::${sql.raw(types[name])}`
    return name === 'text' ? sql`${textQueryOfFilter(filter).query}::tsquery` : given
  }
  return criteria
    .filter(({ needs }) => needs.some((name) => filter[name] !== undefined))
    .map(({ test }) => test(value))
}

/**
 * A table of filters for a statement of many: `f (index, …)` with the values of each filter, its query parsed once.
 * Use it as `from ${filterTable(filters)} join paper p on ${filterMatch}`; the text of the statement does not depend
 * on the filters. `f.index` counts them from 0.
 */
function filterTable(filters: readonly CanonicalFilter[]): Sql {
  const rows = JSON.stringify(filters.map((filter, index) => ({ index, ...rowOf(filter) })))
  const others = valueNames.filter((name) => name !== 'text').map((name) => `g."${name}"`)
  return sql`(
    select g.index, g."text"::tsquery as "text", ${sql.raw(others.join(', '))}
    from jsonb_to_recordset(${rows}::jsonb) as g (index integer, ${sql.raw(
      valueNames.map((name) => `"${name}" ${types[name]}`).join(', '),
    )}) offset 0) as f`
}

const rowsOfFilters = new WeakMap<CanonicalFilter, object>()

/** The values of a filter in a table. Subscriptions ask for the same ones at each event. */
function rowOf(filter: CanonicalFilter): object {
  const known = rowsOfFilters.get(filter)
  if (known) return known
  const { text } = filter
  const row = text === undefined ? filter : { ...filter, text: textQueryOf(String(text)).query }
  rowsOfFilters.set(filter, row)
  return row
}

/** Whether the paper `p` is what the filter `f` of a `filterTable` wants. */
const filterMatch: Sql = sql.join(
  criteria.map(({ needs, test }) => {
    const column = (name: ValueName) => sql.raw(`f."${name}"`)
    const absent = sql.join(
      needs.map((name) => sql`${column(name)} is null`),
      sql` and `,
    )
    return sql`((${absent}) or ${test(column)})`
  }),
  sql` and `,
)

/** Which of these papers, as they are now, each filter wants: one statement, whatever the number of filters. */
export async function matchFilters(
  db: Db,
  paperIds: readonly number[],
  filters: readonly CanonicalFilter[],
): Promise<{ paperId: number; filterIndex: number }[]> {
  const { rows } = await sql<{ paperId: number; filterIndex: number }>`
    select p.id as "paperId", f.index as "filterIndex" from paper p join ${filterTable(filters)} on ${filterMatch}
    where p.id = any(${paperIds}::bigint[]) order by p.id, f.index`.execute(db)
  return rows
}

/** Whether a text holds a word that can be found: stop words alone and signs alone find nothing, ever. */
export function isSearchable(text: string): boolean {
  return textQueryOf(text).query !== ''
}

const textQueries = new WeakMap<CanonicalFilter, TextQuery>()

/** A filter of a text that is read already, such as one that stands for many: see `slot` of db/prepared.ts. */
export function filterOfTextQuery(query: TextQuery): CanonicalFilter {
  const filter = { text: query.wanted }
  textQueries.set(filter, query)
  return filter
}

/** The text of a filter as Postgres is asked for it. */
export function textQueryOfFilter(filter: CanonicalFilter): TextQuery {
  return textQueries.get(filter) ?? textQueryOf(String(filter.text ?? ''), filter.expansions)
}
