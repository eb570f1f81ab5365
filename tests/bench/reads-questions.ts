import { type RawBuilder, sql } from 'kysely'
import type { Db } from '../../db/database.ts'
import { paperOrders } from '../../db/lists/orders.ts'
import { addDays, periodOf } from '../../db/model/period.ts'
import { encodeCursor, scopeOf } from '../../schema/core/connection.ts'
import { documents } from '../support/documents.ts'

/** One request to measure. */
export interface Question {
  readonly name: string
  readonly text: string
  readonly variables: Record<string, unknown>
}

const list = (name: string, argument: string) =>
  `query ${name}($filter: PaperFilter, $after: String, $before: String, $last: Int, $order: PaperOrder = NEWEST) {
    papers(${argument}filter: $filter, order: $order, after: $after, before: $before, last: $last) {
      pageInfo { hasNextPage endCursor }
      nodes { id arxivId title upvotes commentCount authors(first: 5) { nodes { name } } keywords { key } organization { name } } } }`
const papers = list('Papers', '')
const nested = (order: string) => `query Nested {
  papers(first: 10) { nodes {
    keywords { key papers(first: 3, order: ${order}) { nodes { title } } }
    organization { name papers(first: 3, order: ${order}) { nodes { title } } }
    authors(first: 3) { nodes { name papers(first: 3, order: ${order}) { nodes { title } } } } } } }`
const count = 'query Count($filter: PaperFilter) { papers(filter: $filter) { totalCount } }'
const shortSearch = `query Search($text: String!) { search(text: $text, first: 10) {
  repairedText edges { relevance node { title upvotes } } } }`

/**
 * The example documents, with the largest of each kind that the database has and with a usual one, and what they do
 * not ask: pages far down, each filter by itself, searches for common and rare words.
 */
export async function questionsFor(db: Db): Promise<Question[]> {
  const facts = await factsOf(db)
  const { latest, author, keyword, organization, submitter, paper } = facts
  const month = periodOf('month', latest)
  const filters: Record<string, Record<string, unknown>> = {
    'the commonest author': { authors: [author.most] },
    'a usual author': { authors: [author.usual] },
    'the commonest keyword': { keywords: [keyword.most] },
    'a rare keyword': { keywords: [keyword.usual] },
    'the largest organization': { organizations: [organization.most] },
    'the busiest submitter': { submitters: [submitter.most] },
    'a usual submitter': { submitters: [submitter.usual] },
    'the commonest category': { categories: ['cs.CL'] },
    'a rare category': { categories: ['quant-ph', 'cond-mat.stat-mech'] },
    'most upvotes': { minUpvotes: facts.manyUpvotes },
    'code and media': { hasCode: true, hasMedia: true },
    withdrawn: { withdrawn: true },
    'an old month': { publishedFrom: facts.oldDay, publishedTo: addDays(facts.oldDay, 30) },
    'the commonest word': { text: 'model' },
    'a rare word': { text: facts.rareWord },
    ...Object.fromEntries(
      facts.words.map(({ share, word }) => [`a word in ${percent(share)}`, { text: word }]),
    ),
    'keyword and category': { keywords: [keyword.most], categories: ['cs.CV'], minUpvotes: 10 },
    'author and word': { authors: [author.most], text: 'model' },
    'rare keyword and common word': { keywords: [keyword.usual], text: 'model' },
    ...Object.fromEntries(
      ['eight common words', 'common without five', 'a common phrase', 'common words never together'].map(
        (name) => [name, { text: new Map(searches(facts)).get(name) }],
      ),
    ),
    'rare word in a phrase': { text: `"${facts.rareWord} model"` },
    'rare word without common': { text: `${facts.rareWord} -model` },
    'common word, not withdrawn': { text: 'model', withdrawn: false },
    'common word and upvotes': { text: 'model', minUpvotes: 20 },
    'common word and organization': { text: 'model', organizations: [organization.most] },
    'common word and old days': {
      text: 'model',
      publishedFrom: addDays(facts.oldDay, -3000),
      publishedTo: facts.oldDay,
    },
    'common word of an edition': { text: 'model', editionFrom: latest, editionTo: latest },
    'common word, editions of a year': { text: 'model', editionFrom: addDays(latest, -365) },
    'rare word, editions of a year': { text: facts.rareWord, editionFrom: addDays(latest, -365) },
    'code of a keyword, upvoted': { keywords: [keyword.most], hasCode: true, minUpvotes: 500 },
  }
  const variables: Record<string, Record<string, Record<string, unknown>>> = {
    'account-page': { '': { name: submitter.most }, usual: { name: submitter.usual } },
    archive: { '': { from: month.from, to: month.to }, 'all years': { from: '1900-01-01', to: latest } },
    'author-page': { '': { name: author.most }, usual: { name: author.usual } },
    'browser-extension': { '': { address: `https://arxiv.org/abs/${paper.usual}v1` } },
    dashboard: { '': { from: addDays(latest, -91), to: latest } },
    edition: { '': { date: latest } },
    'keyword-page': { '': { key: keyword.most }, usual: { key: keyword.usual } },
    month: { '': { month: month.name } },
    'most-starred': {
      '': {},
      'not withdrawn': { filter: { withdrawn: false } },
      'code, of this month': { filter: { hasCode: true, editionFrom: month.from } },
      'a rare keyword': { filter: { keywords: [keyword.usual] } },
    },
    'my-alerts': {
      'the commonest keyword': { filter: { keywords: [keyword.most], minUpvotes: 20 } },
      'some authors': { filter: { authors: [author.most, author.usual], publishedFrom: facts.oldDay } },
    },
    'organization-page': { '': { name: organization.most } },
    'paper-page': {
      '': { arxivId: paper.usual },
      'most authors': { arxivId: paper.most },
      'common words in its title': { arxivId: facts.plainTitle },
    },
    search: Object.fromEntries(
      searches(facts).map(([name, text]) => [name, { text } as Record<string, unknown>]),
    ),
    'search-box': {
      'two letters': { typed: 'me' },
      'a name': { typed: 'wei' },
      'name and initial': { typed: 'maria t' },
      'a keyword': { typed: 'reinforcement le' },
      'nothing like it': { typed: 'zzqx' },
    },
    trending: { now: {}, 'ten years ago': { asOf: `${facts.oldDay}T12:00:00Z` } },
    week: { '': { week: periodOf('week', latest).name } },
  }
  const deep = await keysAt(db, facts.deep)
  const cursor = encodeCursor({ order: paperOrders.NEWEST, scope: scopeOf({}) }, deep)
  return [
    ...documents.flatMap(({ name, text }) =>
      Object.entries(variables[name] ?? { '': {} }).map(([which, given]) => ({
        name: which === '' ? name : `${name}: ${which}`,
        text,
        variables: given,
      })),
    ),
    { name: `newest, page ${facts.deep / 20}`, text: papers, variables: { after: cursor } },
    { name: 'newest, the page before it', text: papers, variables: { before: cursor, last: 20 } },
    { name: 'newest, the last page', text: papers, variables: { last: 20 } },
    ...Object.entries(filters).flatMap(([name, filter]) => [
      { name: `newest of ${name}`, text: papers, variables: { filter } },
      { name: `upvotes of ${name}`, text: papers, variables: { filter, order: 'UPVOTES' } },
      { name: `count of ${name}`, text: count, variables: { filter } },
    ]),
    { name: 'count of all', text: count, variables: {} },
    ...Object.keys(paperOrders).map((order) => ({
      name: `${order.toLowerCase()} of all that papers have`,
      text: nested(order),
      variables: {},
    })),
    ...['TRENDING', 'STARS', 'COMMENTS'].map((order) => ({
      name: `${order.toLowerCase()} of the commonest word`,
      text: papers,
      variables: { filter: { text: 'model' }, order },
    })),
    ...searches(facts).map(([name, text]) => ({
      name: `search only: ${name}`,
      text: shortSearch,
      variables: { text },
    })),
  ]
}

/** Between words that are rare and words that are everywhere. */
const shares = [0.001, 0.003, 0.01, 0.03, 0.1]

const percent = (share: number) => `${share * 100} %`

interface Words {
  readonly rareWord: string
  readonly abstract: string
  readonly words: readonly { readonly share: number; readonly word: string }[]
}

function searches({ rareWord, abstract, words }: Words): [name: string, text: string][] {
  return [
    ...words.map(({ share, word }): [string, string] => [`a word in ${percent(share)}`, word]),
    ['the commonest word', 'model'],
    ['two common words', 'model learning'],
    ['four common words', 'language model training data'],
    ['eight common words', 'model learning method language task generation data training'],
    ['a whole abstract', abstract],
    ['common without five', 'model -learning -method -language -task -generation'],
    ['a common phrase', '"language model"'],
    ['either of two', 'model or learning'],
    ['common without common', 'model -learning'],
    ['nothing but a refusal', '-model'],
    ['a rare word', rareWord],
    ['rare and common', `${rareWord} model`],
    ['common words never together', '"model language data training"'],
    ['typing errors', 'reinforcment lerning zzyxw'],
  ]
}

async function factsOf(db: Db) {
  const one = async <Row>(statement: RawBuilder<Row>): Promise<Row> => {
    const { rows } = await statement.execute(db)
    const [row] = rows
    if (!row) throw new Error('The database has no papers: generate some first.')
    return row
  }
  /** The value that the most rows have, and one that some ten have. */
  const frequent = (table: string, column: string) =>
    one(sql<{ most: string; usual: string }>`
      with counted as materialized (
        select ${sql.ref(column)} as value, count(*) as papers from ${sql.table(table)}
        where ${sql.ref(column)} is not null group by 1)
      select (select value from counted order by papers desc, value limit 1) as most,
        (select value from counted order by abs(papers - 10), value limit 1) as usual`)
  return {
    ...(await one(sql<{ latest: string }>`select max(edition_date) as latest from listing`)),
    author: await frequent('paper_author', 'author_name'),
    keyword: await frequent('paper_keyword', 'keyword_key'),
    organization: await frequent('paper', 'organization_name'),
    submitter: await frequent('listing', 'submitter_name'),
    paper: await one(sql<{ most: string; usual: string }>`
      select (select arxiv_id from paper where arxiv_id is not null order by author_count desc limit 1) as most,
        (select arxiv_id from paper where arxiv_id is not null and author_count = 7 order by published_at desc limit 1) as usual`),
    ...(await one(sql<{ manyUpvotes: number }>`
      select upvotes as "manyUpvotes" from paper order by upvotes desc offset 30 limit 1`)),
    // The paper, among the last, of which the two longest words of the title are in the most others.
    ...(await one(sql<{ plainTitle: string }>`
      select o.arxiv_id as "plainTitle" from (
        select * from paper where arxiv_id is not null order by id desc limit 300) o
      cross join lateral (
        select string_agg(quote_literal(w.lexeme), ' & ')::tsquery as words from (
          select lexeme from unnest(ts_filter(o.search, '{a}')) order by length(lexeme) desc, lexeme limit 2) w) t
      order by (select count(*) from paper p where p.search @@ t.words) desc, o.id limit 1`)),
    ...(await one(sql<{ abstract: string }>`
      select left(abstract, 1000) as abstract from paper where abstract !~* '\\yor\\y'
      order by id desc limit 1`)),
    // Many a paper begins with the name of what it brings: "NAME: What It Is".
    ...(await one(sql<{ rareWord: string }>`
      select split_part(title, ':', 1) as "rareWord" from paper where title ~ '^[A-Za-z]{6,}:'
      order by published_at limit 1`)),
    words: (
      await sql<{ share: number; word: string }>`
        with counted as materialized (
          select word, ndoc from ts_stat('select search from paper order by id desc limit 5000') where word ~ '^[a-z]{4,}$')
        select share, word from unnest(${shares}::float8[]) share cross join lateral (
          select word from counted order by abs(ndoc - share * least(5000, (select count(*) from paper))), word limit 1) w`.execute(
        db,
      )
    ).rows,
    ...(await one(sql<{ oldDay: string; deep: number }>`
      select (percentile_disc(0.5) within group (order by published_at))::date as "oldDay",
        least(200000, count(*)::integer / 2 / 20 * 20) as deep from paper`)),
  }
}

async function keysAt(db: Db, offset: number): Promise<[string, number]> {
  const { rows } = await sql<{ published_at: Date; id: number }>`
    select published_at, id from paper order by published_at desc, id desc offset ${offset - 1} limit 1`.execute(
    db,
  )
  return [rows[0]?.published_at.toISOString() ?? '', rows[0]?.id ?? 0]
}
