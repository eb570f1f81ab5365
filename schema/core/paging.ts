import type { NumberValidationOptions } from '@pothos/plugin-zod'

/** Items on a page where neither `first` nor `last` is given. */
export const defaultPageSize = 20
/** Items on a page at most. */
export const maximumPageSize = 100

/** Where counting stops: nobody pages that far, and a count has to look at each row it counts. */
export const countedAtMost = 10_000

/** The size of a connection, for gateways that estimate the cost of a query (`@listSize`). */
export const connectionSize = {
  assumedSize: defaultPageSize,
  slicingArguments: ['first', 'last'],
  sizedFields: ['edges', 'nodes'],
  requireOneSlicingArgument: false,
}

/** The same for a plain list with `first`, which has `usual` items by default. */
export function listSizeByFirst(usual: number) {
  return { assumedSize: usual, slicingArguments: ['first'], requireOneSlicingArgument: false }
}

/** The argument `first` of a plain list; `items` says of what, e.g. `keywords to return`. */
export function firstArgument(items: string, usual: number, most: number) {
  return {
    required: true,
    defaultValue: usual,
    description: `The number of ${items}: 1 to ${most}.`,
    validate: itemCount(most),
  } as const
}

/** A number of items from 1 to `most`; `usual` where it may be omitted. */
export function itemCount(most: number, usual?: number): NumberValidationOptions {
  const instead = usual === undefined ? '' : `, or omit it for ${usual}`
  const message = `pass a whole number from 1 to ${most}${instead}.`
  return { type: 'number', min: [1, { message }], max: [most, { message }] }
}

const size = itemCount(maximumPageSize, defaultPageSize)

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
