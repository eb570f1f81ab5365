import type { NumberValidationOptions } from '@pothos/plugin-zod'

/** Items on a page where neither `first` nor `last` is given. */
export const defaultPageSize = 20
/** Items on a page at most. */
export const maximumPageSize = 100

/** Where counting stops: nobody pages that far, and a count has to look at each row it counts. */
export const countedAtMost = 10_000

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
