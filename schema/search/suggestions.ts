import { candidatesPerKind, type Suggestion, suggestionsFor } from '../../db/search/suggestions.ts'
import { builder } from '../core/builder.ts'
import { encodeGlobalId } from '../core/ids.ts'
import { nameArgument } from '../core/inputs.ts'
import { firstArgument, listSizeByFirst } from '../core/paging.ts'

const most = 20
const typenames = { author: 'Author', keyword: 'Keyword', organization: 'Organization' } as const

const SuggestionKindEnum = builder.enumType('SuggestionKind', {
  description: 'The kind of a suggestion.',
  values: {
    AUTHOR: { value: 'author', description: 'The name of an author.' },
    KEYWORD: { value: 'keyword', description: 'A keyword.' },
    ORGANIZATION: { value: 'organization', description: 'An organization.' },
  } as const,
})

const SuggestionRef = builder.objectRef<Suggestion>('Suggestion').implement({
  description: 'A completion of the text typed so far.',
  fields: (t) => ({
    kind: t.expose('kind', { type: SuggestionKindEnum, description: 'The kind of the suggestion.' }),
    text: t.exposeString('text', { description: 'The text to show and to search for.' }),
    id: t.id({
      description: 'The global id of the author, keyword or organization. Pass it to `node`.',
      resolve: ({ kind, key }) => encodeGlobalId(typenames[kind], key),
    }),
  }),
})

builder.queryFields((t) => ({
  suggestions: t.field({
    type: [SuggestionRef],
    extensions: { bound: most, cost: 35 },
    listSize: listSizeByFirst(8),
    description: `Authors, keywords and organizations in which a word starts with the text typed so far: the three kinds in turn, most papers first. Considers at most ${candidatesPerKind} names of each kind. Meant for a search box, to be called on each keystroke.`,
    args: {
      typed: t.arg.string({
        required: true,
        description: 'The text typed so far; accents and case are ignored. Example: `chain of th`.',
        validate: nameArgument,
      }),
      first: t.arg.int(firstArgument('suggestions to return', 8, most)),
    },
    resolve: (_root, { typed, first }, { db }) => suggestionsFor(db, typed, first),
  }),
}))
