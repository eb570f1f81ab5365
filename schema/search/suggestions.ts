import { considered, type Suggestion, suggestionsFor } from '../../db/search/suggestions.ts'
import { builder } from '../core/builder.ts'
import { encodeGlobalId } from '../core/ids.ts'
import { nameArgument } from '../core/inputs.ts'
import { listSizeByFirst } from '../core/paging.ts'

const most = 20
const sentence = `pass a whole number from 1 to ${most}.`
const typenames = { author: 'Author', keyword: 'Keyword', organization: 'Organization' } as const

const SuggestionKindEnum = builder.enumType('SuggestionKind', {
  description: 'What a suggestion is.',
  values: {
    AUTHOR: { value: 'author', description: 'The name of an author.' },
    KEYWORD: { value: 'keyword', description: 'A keyword.' },
    ORGANIZATION: { value: 'organization', description: 'An organization.' },
  } as const,
})

const SuggestionRef = builder.objectRef<Suggestion>('Suggestion').implement({
  description: 'What people may be about to type.',
  fields: (t) => ({
    kind: t.expose('kind', { type: SuggestionKindEnum, description: 'What it is.' }),
    text: t.exposeString('text', { description: 'What to show, and to search for.' }),
    id: t.id({
      description: 'The global id of the author, keyword or organization: read it with `node`.',
      resolve: ({ kind, key }) => encodeGlobalId(typenames[kind], key),
    }),
  }),
})

builder.queryFields((t) => ({
  suggestions: t.field({
    type: [SuggestionRef],
    extensions: { bound: most },
    listSize: listSizeByFirst(8),
    description: `Authors, keywords and organizations in which a word begins with what was typed so far, those with the most papers first (of ${considered} names of each kind, if more begin so). For a search box: ask at each key. Nothing for less than two letters.`,
    args: {
      typed: t.arg.string({
        required: true,
        description: 'What was typed so far; accents and capitals do not matter. Example: `chain of th`.',
        validate: nameArgument,
      }),
      first: t.arg.int({
        required: true,
        defaultValue: 8,
        description: `How many: 1 to ${most}.`,
        validate: { type: 'number', min: [1, { message: sentence }], max: [most, { message: sentence }] },
      }),
    },
    resolve: (_root, { typed, first }, { db }) => suggestionsFor(db, typed, first),
  }),
}))
