import type { NumberValidationOptions } from '@pothos/plugin-zod'
import type { GraphQLField } from 'graphql'

/** Items on a page where neither `first` nor `last` is given. */
export const defaultPageSize = 20
/** Items on a page at most. */
export const maximumPageSize = 100

/** Where counting stops: nobody pages that far, and a count has to look at each row it counts. */
export const countedAtMost = 10_000

/** How many items the list of a field has, or the lists below it that `sizedFields` names. */
export interface ListSize {
  /** Where no argument says it. */
  readonly assumedSize?: number
  /** The arguments that are a number of items. */
  readonly slicingArguments?: readonly string[]
  readonly sizedFields?: readonly string[]
  /** The argument that is a list of as many items: an extension, as `@listSize` has no word for it. */
  readonly lengthOf?: string
}

/** What a field declares by `listSize` or by the extension `lengthOf`; undefined if it declares nothing. */
export function declaredListSize({ extensions }: GraphQLField<unknown, unknown>): ListSize | undefined {
  const { directives = [], lengthOf } = extensions as Declared
  const size = directives.find(({ name }) => name === 'listSize')?.args
  return lengthOf === undefined ? size : { ...size, lengthOf }
}

interface Declared {
  /** As the directives plugin keeps them. */
  readonly directives?: readonly { readonly name: string; readonly args: ListSize }[]
  readonly lengthOf?: string
}

/** What a gateway that counts costs is told of a connection. */
export const connectionSize = {
  assumedSize: defaultPageSize,
  slicingArguments: ['first', 'last'],
  sizedFields: ['edges', 'nodes'],
  requireOneSlicingArgument: false,
}

/** For gateways that price queries: a plain list with `first`, of so many items when it is left out. */
export function listSizeByFirst(usual: number) {
  return { assumedSize: usual, slicingArguments: ['first'], requireOneSlicingArgument: false }
}

const sizeSentence = `pass a whole number from 1 to ${maximumPageSize}, or omit it for ${defaultPageSize}.`
const size: NumberValidationOptions = {
  type: 'number',
  min: [1, { message: sizeSentence }],
  max: [maximumPageSize, { message: sizeSentence }],
}

/** The four arguments of every connection, for the relay plugin. */
export const pagingArguments = {
  firstArgOptions: {
    description: `The number of items to return, counted from the start or from \`after\`: 1 to ${maximumPageSize}, default ${defaultPageSize}.`,
    validate: size,
  },
  afterArgOptions: {
    description: 'Only items after this cursor: the `endCursor` of the preceding page.',
  },
  lastArgOptions: {
    description: `The number of items to return, counted back from the end or from \`before\`: 1 to ${maximumPageSize}. The items keep the order of the list.`,
    validate: size,
  },
  beforeArgOptions: {
    description: 'Only items before this cursor: the `startCursor` of the following page.',
  },
}

interface PagingArguments {
  first?: number | null | undefined
  last?: number | null | undefined
}

type Check = [check: (args: PagingArguments) => boolean, options: { message: string; path: string[] }]

/** Relay strongly discourages both at once, and nobody who sends both means it. */
export const rejectFirstWithLast: Check = [
  ({ first, last }) => first == null || last == null,
  { message: 'pass either `first` or `last`, not both.', path: ['last'] },
]
