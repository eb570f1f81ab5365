import { fewestPapers, mostAdded } from '../../db/search/acronyms.ts'
import type { Expansion } from '../../db/search/expansions.ts'
import { type Facet, type FacetKind, facetsOf, type Matches } from '../../db/search/facet-counts.ts'
import { mostExpandedWords } from '../../db/search/meanings.ts'
import { rankedAtMost } from '../../db/search/relevance.ts'
import { builder } from '../core/builder.ts'
import { rejectFirstWithLast } from '../core/connection.ts'
import { connectionSize, countedAtMost, firstArgument, listSizeByFirst } from '../core/paging.ts'
import { countOfPhrases, PaperFilterInput, searchText, textSpellings, textSyntax } from '../filter.ts'
import { Keyword } from '../keyword.ts'
import { Organization } from '../organization.ts'
import { Paper } from '../paper.ts'
import { highlightOf, TextFragment } from './highlights.ts'
import { runSearch, type SearchEdge, type SearchResult } from './search-run.ts'

const SearchEdgeRef = builder.objectRef<SearchEdge>('SearchEdge').implement({
  description: 'A paper found by a search.',
  fields: (t) => ({
    node: t.field({ type: Paper, description: 'The paper.', resolve: ({ node }) => node }),
    cursor: t.exposeString('cursor', {
      description: 'The cursor of this paper. Pass it as `after` or `before`.',
    }),
    relevance: t.exposeFloat('relevance', {
      description:
        'How well the paper matches: see `PaperOrder.RELEVANCE`. Comparable only within one search.',
    }),
    titleHighlights: t.field({
      type: [TextFragment],
      extensions: { bound: 'the words of one title', cost: 0.2 },
      listSize: { assumedSize: 5 },
      description: 'The whole title in pieces, with the matching ones marked.',
      resolve: async (edge, _args, context) => (await highlightOf(edge, context)).title,
    }),
    abstractHighlights: t.field({
      type: [TextFragment],
      extensions: { bound: 'three passages of one abstract', cost: 1.5 },
      listSize: { assumedSize: 10 },
      description:
        'At most three passages of the abstract in pieces, with the matching ones marked. An ellipsis replaces omitted text. Empty if the abstract is unknown.',
      resolve: async (edge, _args, context) => (await highlightOf(edge, context)).abstract,
    }),
  }),
})

const facetArguments = { usual: 10, most: 50 }

const FacetsRef = builder.objectRef<Matches>('SearchFacets').implement({
  description: `The most frequent values among the matching papers, counted over the ${rankedAtMost} newest of them.`,
  fields: (t) => {
    const { usual, most } = facetArguments
    const first = t.arg.int(firstArgument('values to return, most papers first', usual, most))
    const facet = (kind: FacetKind, description: string) =>
      t.field({
        type: [FacetRef],
        extensions: { bound: most, cost: 60 },
        listSize: listSizeByFirst(usual),
        description,
        args: { first },
        resolve: async (matches, args, { db }) =>
          (await facetsOf(db, matches, kind, args.first)).map((found) => ({ ...found, kind })),
      })
    return {
      keywords: facet('keywords', 'The keywords of the matching papers.'),
      organizations: facet('organizations', 'The organizations of the matching papers.'),
      years: facet('years', 'The years in which the matching papers were published.'),
    }
  },
})

const FacetRef = builder.objectRef<Facet & { kind: FacetKind }>('Facet').implement({
  description: 'A value that matching papers have in common, for narrowing a search.',
  fields: (t) => ({
    value: t.exposeString('value', {
      description:
        'The keyword, the name of the organization (both usable in a filter as they are), or the year, e.g. `2026`.',
    }),
    papers: t.exposeInt('papers', { description: 'The number of counted papers that have this value.' }),
    keyword: t.field({
      type: Keyword,
      nullable: true,
      description: 'The keyword as a node. Null for other facets.',
      resolve: ({ kind, value }) => (kind === 'keywords' ? { key: value } : null),
    }),
    organization: t.field({
      type: Organization,
      nullable: true,
      description: 'The organization as a node. Null for other facets.',
      resolve: ({ kind, value }) => (kind === 'organizations' ? value : null),
    }),
  }),
})

const ExpansionRef = builder.objectRef<Expansion>('SearchExpansion').implement({
  description: 'What a search looked for beside some words of its text.',
  fields: (t) => ({
    typed: t.exposeString('typed', { description: 'The words as typed, e.g. `MoE`.' }),
    added: t.stringList({
      extensions: { bound: mostAdded },
      listSize: { assumedSize: 1 },
      description: 'What was looked for too, e.g. `mixture-of-experts`.',
      resolve: ({ added }) => [...added],
    }),
  }),
})

const SearchConnectionRef = builder.objectRef<SearchResult>('SearchConnection').implement({
  description: 'A page of search results, best match first.',
  fields: (t) => ({
    edges: t.field({
      type: [SearchEdgeRef],
      extensions: { property: 'edges' },
      description: 'The papers of this page in order, each with its relevance and highlights.',
      resolve: ({ edges }) => edges,
    }),
    nodes: t.field({
      type: [Paper],
      extensions: { property: 'nodes' },
      description: 'The papers of this page in order, without cursors and highlights.',
      resolve: ({ nodes }) => nodes,
    }),
    pageInfo: t.field({
      type: builder.pageInfoRef(),
      extensions: { property: 'pageInfo' },
      description: 'The position of this page in the list.',
      resolve: ({ pageInfo }) => pageInfo,
    }),
    totalCount: t.int({
      extensions: { cost: 50 },
      description: `The number of matching papers, counted up to ${countedAtMost}: ${countedAtMost} means "${countedAtMost} or more". The list itself holds the ${rankedAtMost} newest matches, and the ${rankedAtMost} newest with all words in the title or among the keywords. ${countOfPhrases}`,
      resolve: (result) => result.count(),
    }),
    repairedText: t.exposeString('repairedText', {
      nullable: true,
      description:
        'The corrected text that was searched for, if the text as typed matches nothing and has words that look misspelled, or a last word that is not complete, e.g. `diffusion` for `difusion` or `diffus`; of an entry of a list of references or a title without its punctuation, the title; of words with a year that nothing has, e.g. `Kaiming He 2026`, `author:"Kaiming He" year:2026`. Null if the text was not corrected.',
    }),
    expansions: t.field({
      type: [ExpansionRef],
      extensions: { bound: mostExpandedWords },
      listSize: { assumedSize: 1 },
      description: `What was looked for beside the words as typed: \`MoE\` finds papers on "mixture of experts" too, \`mixture of experts\` papers on "MoE", and \`statespace\` papers on "state space". Acronyms are learned from the papers here: at least ${fewestPapers} papers, and at least half of those that define the acronym, must define it so (at least three fifths, for an acronym to be added). Nothing is added to "quoted words" (write \`"MoE"\` to find exactly that), to excluded words, behind \`author:\` and the like, and to texts of more than ${mostExpandedWords} words.`,
      resolve: ({ expansions }) => expansions,
    }),
    stopWordsOnly: t.exposeBoolean('stopWordsOnly', {
      description:
        'Whether nothing can be found because the text has no word that is searched for, only punctuation or very common words such as "the" and "of".',
    }),
    excludedAll: t.boolean({
      description:
        'Whether nothing is found because each paper with the wanted words also has an excluded one. Omit a `-word` then.',
      resolve: ({ excludedAll }) => excludedAll(),
    }),
    facets: t.field({
      type: FacetsRef,
      description: 'Values that the matching papers have in common.',
      resolve: ({ matches }) => matches,
    }),
  }),
})

builder.queryFields((t) => ({
  search: t.field({
    type: SearchConnectionRef,
    extensions: { cost: 70 },
    listSize: connectionSize,
    description: `Searches titles, abstracts, authors and keywords, best match first; a paper whose title is the text is the first. If nothing matches, searches again with misspelled words corrected.

${textSyntax}`,
    args: {
      text: t.arg.string({
        required: true,
        description: `The text as people type or paste it: words, a title, arXiv ids or addresses. ${textSpellings} Example: \`"mixture of experts" routing author:LeCun\`.`,
        validate: searchText,
      }),
      filter: t.arg({
        type: PaperFilterInput,
        description: 'Only papers that meet these conditions. Omit `text` in it.',
      }),
      ...t.arg.connectionArgs(),
    },
    validate: {
      refine: [
        rejectFirstWithLast,
        [
          ({ filter }) => filter?.text == null,
          { message: 'pass the words in `text` instead.', path: ['filter', 'text'] },
        ],
      ],
    },
    resolve: (_root, { text, filter, ...args }, context, info) =>
      runSearch({ ...filter, text }, args, context, info),
  }),
}))
