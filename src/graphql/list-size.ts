import { type FieldNode, type GraphQLField, Kind, type ValueNode, valueFromASTUntyped } from 'graphql'
import { defaultPageSize } from '../../schema/core/paging.ts'

/** Values of variables by name. */
export type Variables = Readonly<Record<string, unknown>>

/** More than any page holds. Beyond the maximum of its field, a page size has an error that says more than ours. */
const largestPage = 1_000

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
  const { directives, lengthOf } = extensions as Declared
  const size = directives?.listSize
  return lengthOf === undefined ? size : { ...size, lengthOf }
}

interface Declared {
  /** Arguments by name; see schema/core/federation-directives.ts. */
  readonly directives?: { readonly listSize?: ListSize }
  readonly lengthOf?: string
}

/** How many items a list has at most for these arguments, as its field declares it. */
export function itemsOf(
  node: FieldNode,
  { args }: GraphQLField<unknown, unknown>,
  { assumedSize = defaultPageSize, slicingArguments = [], lengthOf }: ListSize,
  variables: Variables,
): number {
  const given = (name: string) => {
    const value = node.arguments?.find((argument) => argument.name.value === name)?.value
    return (
      (value && valueIn(value, variables)) ?? args.find((argument) => argument.name === name)?.defaultValue
    )
  }
  if (lengthOf !== undefined) {
    const list = given(lengthOf)
    // GraphQL takes a single value for a list of one.
    return Array.isArray(list) ? list.length : list == null ? 0 : 1
  }
  const sizes = slicingArguments.map(given).filter((size) => typeof size === 'number')
  return sizes.length > 0 ? Math.min(Math.max(0, ...sizes), largestPage) : assumedSize
}

/** All arguments, as the client wrote them. */
export function givenArguments(node: FieldNode, variables: Variables): Readonly<Record<string, unknown>> {
  const given = node.arguments ?? []
  return Object.fromEntries(
    given.map(({ name, value }) => [
      name.value,
      valueFromASTUntyped(value, variables as Record<string, unknown>),
    ]),
  )
}

function valueIn(node: ValueNode, variables: Variables): unknown {
  if (node.kind === Kind.VARIABLE) return variables[node.name.value]
  if (node.kind === Kind.INT) return Number(node.value)
  if (node.kind === Kind.LIST) return node.values
  if (node.kind === Kind.NULL) return undefined
  return node
}
