import {
  allAccessTokens,
  createAccessToken,
  noteTokenUses,
  revokeAccessToken,
} from '../../db/access-tokens.ts'
import { historyByPaperIds, revisionsByPaperIds } from '../../db/changes.ts'
import { analyzeTables } from '../../db/connection/analyze.ts'
import { holdsLease, releaseLease, renewLease, takeLease } from '../../db/connection/lease.ts'
import { answersWithin, databaseFacts, isStandby } from '../../db/connection/server.ts'
import type { Db } from '../../db/database.ts'
import {
  editionsByDates,
  latestEdition,
  listOfEditions,
  neighboursOf,
  progressOf,
  readingsOf,
  submittersOf,
} from '../../db/editions.ts'
import { lastOf, lastShared, positionAt } from '../../db/feed/history.ts'
import { beginTerm, eventsFrom, newestRecordedBy, positionsBetween, readLogState } from '../../db/feed/log.ts'
import { pruneLog } from '../../db/feed/prune.ts'
import { positionOfCursor } from '../../db/feed/resolve-cursor.ts'
import { listingsByPaperIds, listingsBySubmitter, listingsOfEdition } from '../../db/listings.ts'
import { type PaperOrder, paperOrders } from '../../db/lists/orders.ts'
import { countLists, readListPages } from '../../db/lists/owned.ts'
import { countList, type PageRequest, readListPage } from '../../db/lists/page.ts'
import { detailsByPaperIds, papersToReadAlone, votesByPaperIds } from '../../db/paper-details.ts'
import { pageOfPapers } from '../../db/paper-pages.ts'
import { hasPapers, papersArxivLacks, papersByKeys, papersOwnedBy } from '../../db/papers.ts'
import {
  accountsByAuthors,
  accountsByNames,
  authorsAtPositions,
  authorsByNames,
  keywordsByKeys,
  organizationsByNames,
} from '../../db/people.ts'
import { relatedByPaperIds } from '../../db/related.ts'
import { acronymSpansOf, expansionsOfAcronyms } from '../../db/search/acronyms.ts'
import { completeText } from '../../db/search/completion.ts'
import { readDatedAuthor } from '../../db/search/dated-author.ts'
import { facetsOf } from '../../db/search/facet-counts.ts'
import { canonicalFilter as filterOf, matchFilters, type PaperFilter } from '../../db/search/filter.ts'
import { highlightsByPaperIds } from '../../db/search/highlights.ts'
import { allMatchesIfFew, countMatches } from '../../db/search/matches.ts'
import { expansionsOf } from '../../db/search/meanings.ts'
import { titleInReference } from '../../db/search/references.ts'
import { listByRelevance } from '../../db/search/relevance.ts'
import { isAllExcluded, searchAgain, searchAsTyped, searchPapers } from '../../db/search/search.ts'
import { suggestionsFor } from '../../db/search/suggestions.ts'
import { repairText } from '../../db/search/typos.ts'
import { unpunctuatedTitle } from '../../db/search/unpunctuated.ts'
import { sitemapEditions, sitemapMonths, sitemapPapers } from '../../db/sitemap.ts'
import { allSources } from '../../db/sources.ts'
import { coAuthorsOf, countStored, papersPerYear, statsBetween, topKeywords } from '../../db/stats.ts'
import { currentMoment, momentAt, trendsByPaperIds } from '../../db/trending.ts'
import { readVersion, versionReader } from '../../db/version.ts'
import { digestCases } from './statement-cases-digest.ts'
import { outboxCases } from './statement-cases-outbox.ts'
import { writerCases } from './statement-cases-writer.ts'

const criteria: PaperFilter = {
  authors: ['Ada Lovelace'],
  organizations: ['deepseek-ai'],
  keywords: ['decoding'],
  submitters: ['akhaliq'],
  categories: ['cs.LG'],
  publishedFrom: '2026-01-01',
  publishedTo: '2026-12-31',
  editionFrom: '2026-01-01',
  editionTo: '2026-12-31',
  minUpvotes: 12,
  hasCode: true,
  hasProjectPage: false,
  hasMedia: false,
  withdrawn: false,
}
const columns = new Set(['title', 'upvotes'] as const)
const asOf = new Date('2026-06-10T00:00:00.000Z')
const first = { limit: 20, backwards: false }
const next = { ...first, after: ['2026-06-01T00:00:00.000Z', 1] }
const [day, month] = ['2026-06-01', { from: '2026-06-01', to: '2026-06-30' }]

/** Calls whose statements are printed, by file and heading; a heading begins with the name of the function. */
const searchOf = (text: string) => ({ typed: filterOf({ text }), words: filterOf({ text }) })

export const statementCases: Record<string, Record<string, (db: Db) => Promise<unknown>>> = {
  papers: {
    'papersByKeys, by one arXiv id': (db) => papersByKeys(db, [{ arxivId: '2605.00001' }], columns),
    'papersByKeys, by ids': (db) => papersByKeys(db, [{ id: 1 }, { id: 2 }], columns),
    'papersByKeys, by arXiv ids and ids': (db) =>
      papersByKeys(db, [{ arxivId: '2605.00001' }, { id: 1 }], columns),
    hasPapers,
    papersArxivLacks: (db) => papersArxivLacks(db, 10),
    detailsByPaperIds: (db) => detailsByPaperIds(db, [1]),
    votesByPaperIds: (db) => votesByPaperIds(db, [1]),
    papersToReadAlone: (db) =>
      papersToReadAlone(db, { listedFrom: '2026-06-01', readBefore: asOf, limit: 15 }),
    historyByPaperIds: (db) => historyByPaperIds(db, [1], 100, null),
    'historyByPaperIds, since an instant': (db) => historyByPaperIds(db, [1], 100, asOf),
    revisionsByPaperIds: (db) => revisionsByPaperIds(db, [1]),
    listingsByPaperIds: (db) => listingsByPaperIds(db, [1]),
    trendsByPaperIds: (db) => trendsByPaperIds(db, [1], momentAt(asOf)),
    currentMoment: (db) => currentMoment(db, asOf),
    relatedByPaperIds: (db) => relatedByPaperIds(db, [1], 10),
  },
  people: {
    accountsByNames: (db) => accountsByNames(db, ['ada']),
    organizationsByNames: (db) => organizationsByNames(db, ['lab']),
    authorsByNames: (db) => authorsByNames(db, ['Ada Lovelace']),
    keywordsByKeys: (db) => keywordsByKeys(db, ['decoding']),
    authorsAtPositions: (db) => authorsAtPositions(db, [{ paperId: 1, position: 1 }]),
    accountsByAuthors: (db) => accountsByAuthors(db, ['Ada Lovelace']),
    'papersPerYear, of keywords': (db) => papersPerYear(db, 'keyword', ['decoding']),
    coAuthorsOf: (db) => coAuthorsOf(db, ['Ada Lovelace'], 10),
  },
  editions: {
    editionsByDates: (db) => editionsByDates(db, [day]),
    latestEdition,
    neighboursOf: (db) => neighboursOf(db, [day]),
    progressOf: (db) => progressOf(db, ['2026-06-01']),
    readingsOf: (db) => readingsOf(db, [day]),
    submittersOf: (db) => submittersOf(db, [month]),
    'readListPage of editions': (db) => readListPage(db, listOfEditions(month.from, month.to), first),
    'readListPage of editions by arrival': (db) =>
      readListPage(db, listOfEditions(null, null, 'ARRIVAL'), first),
    'countList of editions': (db) => countList(db, listOfEditions(month.from), 10_000),
    sitemapMonths,
    'sitemapPapers, of a month': (db) => sitemapPapers(db, month.from, month.to),
    'sitemapEditions, of a month': (db) => sitemapEditions(db, month.from, month.to),
    statsBetween: (db) => statsBetween(db, 'week', month.from, month.to, month.to),
    topKeywords: (db) => topKeywords(db, month.from, month.to, '2026-05-01', 10),
  },
  lists: {
    'pageOfPapers, all of them': (db) => page(db, {}),
    'pageOfPapers, all of them, a later page': (db) => page(db, {}, 'NEWEST', next),
    'pageOfPapers, in another order': (db) => page(db, {}, 'EDITION'),
    'pageOfPapers with every criterion but a text': (db) => page(db, criteria),
    'pageOfPapers with a text that few papers match': (db) => page(db, { text: 'sparse' }),
    'pageOfPapers with a text of no words': (db) => page(db, { text: 'the of' }),
    'pageOfPapers, those that are trending': (db) => page(db, {}, 'TRENDING'),
    'pageOfPapers by arrival, of every criterion': (db) => page(db, criteria, 'ARRIVAL'),
    'pageOfPapers by arrival, all of them': (db) => page(db, {}, 'ARRIVAL'),
    'readListPages of the papers of one keyword': (db) => readListPages(db, ['decoding'], ofKeywords, first),
    'readListPages of the papers of several keywords': (db) =>
      readListPages(db, ['decoding', 'routing'], ofKeywords, first),
    'readListPages of the listings of several editions': (db) =>
      readListPages(db, [day, '2026-06-02'], listingsOfEdition(columns), first),
    'readListPages of the listings by several submitters': (db) =>
      readListPages(db, ['akhaliq', 'taesiri'], listingsBySubmitter(columns), first),
    'countLists of the papers of several keywords': (db) => countLists(db, ['decoding'], ofKeywords, 10_000),
  },
  search: {
    'searchPapers with a word': (db) => searchPapers(db, searchOf('sparse'), first, columns),
    'readListPage by relevance, in a large library': (db) =>
      readListPage(db, listByRelevance(filterOf({ text: 'sparse' }), columns, { firstRows: 21 }), first),
    'expansionsOf, words that papers may define or write as two': (db) => expansionsOf(db, 'statespace'),
    'expansionsOfAcronyms, an acronym that may be an ordinary word': (db) =>
      expansionsOfAcronyms(db, acronymSpansOf(['act']), [
        { key: 'act', long_key: 'actionchunk', acronym: 'ACT', long_form: 'action chunking', share: 1 },
      ]),
    isAllExcluded: (db) => isAllExcluded(db, filterOf({ text: 'sparse -models' })),
    'searchAsTyped with a phrase': (db) =>
      searchAsTyped(db, filterOf({ text: '"sparse models"' }), first, columns),
    'searchAsTyped with every criterion': (db) =>
      searchAsTyped(db, filterOf({ ...criteria, text: 'sparse' }), first, columns),
    'searchAsTyped with an arXiv id': (db) =>
      searchAsTyped(db, filterOf({ text: '2605.00001' }), first, columns),
    'searchPapers, words that no title has': (db) => searchPapers(db, searchOf('sparze'), first, columns),
    'searchPapers, a name with a stop word': (db) =>
      searchPapers(db, { ...searchOf('bo an'), dated: readDatedAuthor({ text: 'bo an' }) }, first, columns),
    'searchAgain, of a repaired text': (db) =>
      searchAgain(db, searchOf('sparze'), { kind: 'repaired', repairedText: 'sparse' }, first, columns),
    completeText: (db) => completeText(db, filterOf({ text: 'sparse mod' })),
    repairText: (db) => repairText(db, 'sparze'),
    unpunctuatedTitle: (db) => unpunctuatedTitle(db, 'Sparse models of speech'),
    titleInReference: (db) => titleInReference(db, 'A. Ray. Sparse models of speech. 2026.'),
    'allMatchesIfFew, of words': (db) => allMatchesIfFew(db, filterOf({ text: 'sparse decoding' })),
    'allMatchesIfFew, of a phrase': (db) => allMatchesIfFew(db, filterOf({ text: '"sparse models"' })),
    'countMatches, of a word': (db) => countMatches(db, filterOf({ text: 'sparse' }), 10_000),
    'countMatches, of many words without another': (db) =>
      countMatches(db, filterOf({ text: 'sparse models route tokens -vision' }), 10_000),
    'countMatches, of criteria without a text': (db) => countMatches(db, filterOf({ hasCode: true }), 10_000),
    'countMatches, of days': (db) => countMatches(db, filterOf({ publishedFrom: day }), 10_000),
    'facetsOf, keywords': (db) => facetsOf(db, { filter: filterOf({ text: 'sparse' }) }, 'keywords', 10),
    highlightsByPaperIds: (db) => highlightsByPaperIds(db, [1], filterOf({ text: 'sparse' }), false),
    suggestionsFor: (db) => suggestionsFor(db, 'spa', 8),
    matchFilters: (db) => matchFilters(db, [1], [filterOf({ text: 'sparse' }), filterOf({ hasCode: true })]),
  },
  feed: {
    readLogState,
    beginTerm,
    eventsFrom: (db) => eventsFrom(db, 1, 256),
    positionsBetween: (db) => positionsBetween(db, 1, 256, 256),
    newestRecordedBy: (db) => newestRecordedBy(db, 0, 256),
    positionAt: async (db) => positionAt(db, 1, await readLogState(db)),
    lastOf: (db) => lastOf(db, [{ number: 1, mark: 1, recordedAtMs: 1 }]),
    lastShared: async (db) =>
      lastShared(db, await readLogState(db), { number: 9, mark: 1, recordedAtMs: 1 }, []),
    positionOfCursor: (db) => positionOfCursor(db, 'START'),
    'pruneLog, with events to prune': (db) => pruneLog(db, -1),
  },
  outbox: outboxCases,
  digest: digestCases,
  writer: writerCases,
  server: {
    allSources,
    countStored,
    readVersion,
    versionReader: (db) => versionReader(db)(),
    databaseFacts,
    isStandby,
    takeLease: (db) => takeLease(db, { name: 'work', owner: 'one', leaseMs: 30_000 }),
    renewLease: (db) => renewLease(db, lease, 30_000),
    releaseLease: (db) => releaseLease(db, lease),
    holdsLease: (db) => holdsLease(db, lease),
    createAccessToken: (db) =>
      createAccessToken(db, { name: 'one', role: 'read', hash: '00ff', expiresAt: asOf }),
    allAccessTokens,
    revokeAccessToken: (db) => revokeAccessToken(db, 'one'),
    noteTokenUses: (db) => noteTokenUses(db, new Map([[1, asOf]])),
    answersWithin: (db) => answersWithin(db, 10_000),
    analyzeTables,
  },
}

const lease = { name: 'work', owner: 'one', fence: 1 }
const ofKeywords = papersOwnedBy('keyword', paperOrders.NEWEST, columns)

function page(db: Db, filter: PaperFilter, order: PaperOrder = 'NEWEST', request: PageRequest = first) {
  return pageOfPapers(db, { filter: filterOf(filter), order, moment: momentAt(asOf) }, request, columns)
}
