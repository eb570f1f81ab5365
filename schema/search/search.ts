import type { CanonicalFilter } from '../../db/search/filter.ts'
import { type Facet, type FacetKind, facetsOf, rankedAtMost } from '../../db/search/search.ts'
import { builder } from '../core/builder.ts'
import { connectionSize, countedAtMost, listSizeByFirst, rejectFirstWithLast } from '../core/paging.ts'
import { countOfPhrases, filterOf, PaperFilterInput, searchText } from '../filter.ts'
import { Keyword } from '../keyword.ts'
import { Organization } from '../organization.ts'
import { Paper } from '../paper.ts'
import { highlightOf, TextFragment } from './highlights.ts'
import { runSearch, type SearchEdge, type SearchResult } from './search-run.ts'

const SearchEdgeRef = builder.objectRef<SearchEdge>('SearchEdge').implement({
  description: 'A paper that a search found.',
  fields: (t) => ({
    node: t.field({ type: Paper, description: 'The paper.', resolve: ({ node }) => node }),
    cursor: t.exposeString('cursor', {
      description: 'Where this paper stands: pass it as `after` or `before`.',
    }),
    relevance: t.exposeFloat('relevance', {
      description: 'How well it matches: see `PaperOrder.RELEVANCE`. To be compared within one search only.',
    }),
    titleHighlights: t.field({
      type: [TextFragment],
      extensions: { bound: 'the words of one title' },
      description: 'The whole title in pieces, those that match marked.',
      resolve: async (edge, _args, context) => (await highlightOf(edge, context)).title,
    }),
    abstractHighlights: t.field({
      type: [TextFragment],
      extensions: { bound: 'three passages of one abstract' },
      description:
        'Up to three passages of the abstract in pieces, those that match marked. Empty without an abstract.',
      resolve: async (edge, _args, context) => (await highlightOf(edge, context)).abstract,
    }),
  }),
})

const facetArguments = { usual: 10, most: 50 }

const FacetsRef = builder.objectRef<CanonicalFilter>('SearchFacets').implement({
  description: `What the papers found have in common, counted over the ${rankedAtMost} newest of them.`,
  fields: (t) => {
    const first = t.arg.int({
      required: true,
      defaultValue: facetArguments.usual,
      description: `How many, those with the most papers first: 1 to ${facetArguments.most}.`,
      validate: {
        type: 'number',
        min: [1, { message: `pass a whole number from 1 to ${facetArguments.most}.` }],
        max: [facetArguments.most, { message: `pass a whole number from 1 to ${facetArguments.most}.` }],
      },
    })
    const facet = (kind: FacetKind, description: string) =>
      t.field({
        type: [FacetRef],
        extensions: { bound: facetArguments.most },
        listSize: listSizeByFirst(facetArguments.usual),
        description,
        args: { first },
        resolve: async (filter, args, { db }) =>
          (await facetsOf(db, filter, kind, args.first)).map((found) => ({ ...found, kind })),
      })
    return {
      keywords: facet('keywords', 'Keywords.'),
      organizations: facet('organizations', 'Organizations.'),
      years: facet('years', 'Years of publication.'),
    }
  },
})

const FacetRef = builder.objectRef<Facet & { kind: FacetKind }>('Facet').implement({
  description: 'Something that papers have in common, to narrow a search with.',
  fields: (t) => ({
    value: t.exposeString('value', {
      description:
        'The keyword or the name of the organization, which goes into a filter as it is, or the year, e.g. `2026`.',
    }),
    papers: t.exposeInt('papers', { description: 'How many of the papers counted have it.' }),
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

const SearchConnectionRef = builder.objectRef<SearchResult>('SearchConnection').implement({
  description: 'A page of what a search found, the best match first.',
  fields: (t) => ({
    edges: t.field({
      type: [SearchEdgeRef],
      description: 'The papers of this page in order, each with what matched.',
      resolve: ({ edges }) => edges,
    }),
    nodes: t.field({
      type: [Paper],
      description: 'The papers of this page in order, where nothing else is needed.',
      resolve: ({ edges }) => edges.map(({ node }) => node),
    }),
    pageInfo: t.field({
      type: builder.pageInfoRef(),
      description: 'Where this page stands in the list.',
      resolve: ({ pageInfo }) => pageInfo,
    }),
    totalCount: t.int({
      description: `How many papers match, counted only when asked for, up to ${countedAtMost}: where it says ${countedAtMost} there are so many or more. Of more than ${rankedAtMost} the list holds the ${rankedAtMost} newest. ${countOfPhrases}`,
      resolve: ({ count }) => count(),
    }),
    repairedText: t.exposeString('repairedText', {
      nullable: true,
      description:
        'What was searched for instead, where the text as typed finds nothing and words of it look misspelt: `difusion` becomes `diffusion`. Null where the text was searched for as it is.',
    }),
    facets: t.field({
      type: FacetsRef,
      description: 'What the papers found have in common.',
      resolve: ({ filter }) => filter,
    }),
  }),
})

builder.queryFields((t) => ({
  search: t.field({
    type: SearchConnectionRef,
    listSize: connectionSize,
    description:
      'Searches titles, abstracts, authors and keywords, the best match first. Where it finds nothing, it tries again with words repaired.',
    args: {
      text: t.arg.string({
        required: true,
        description:
          'What people type: words, "quoted phrases", -words to leave out, `or`; or an arXiv id or address. Example: `"mixture of experts" routing`.',
        validate: searchText,
      }),
      filter: t.arg({
        type: PaperFilterInput,
        description: 'Only papers like this; its `text` stays empty here.',
      }),
      ...t.arg.connectionArgs(),
    },
    validate: {
      refine: [
        rejectFirstWithLast,
        [
          ({ filter }) => filter?.text == null,
          { message: 'the words go into `text`.', path: ['filter', 'text'] },
        ],
      ],
    },
    resolve: (_root, { text, filter, ...args }, context, info) =>
      runSearch(filterOf({ ...filter, text }), args, context, info),
  }),
}))
