import { type DocumentNode, Kind, type OperationDefinitionNode, type SelectionSetNode } from 'graphql'
import { type ApiError, requestError } from '../../schema/core/errors.ts'

type Operation = Pick<OperationDefinitionNode, 'operation' | 'selectionSet'>

/**
 * Refuses an operation with which a gateway has more references resolved than one request may. All `_entities`
 * fields of the operation count together, so that aliases are no way around it.
 */
export function tooManyEntities(
  document: DocumentNode,
  { operation, selectionSet }: Operation,
  variables: Readonly<Record<string, unknown>>,
  most: number,
): ApiError | undefined {
  if (operation !== 'query') return undefined
  const asked = references(selectionSet, document, variables, new Map())
  if (asked <= most) return undefined
  return requestError(
    'TOO_MANY_ENTITIES',
    `The request refers to ${asked} entities; the limit is ${most}. Send them in several requests.`,
  )
}

function references(
  set: SelectionSetNode,
  document: DocumentNode,
  variables: Readonly<Record<string, unknown>>,
  /** Each fragment is counted once, so that fragments within fragments cost no exponential time. */
  known: Map<string, number>,
): number {
  let total = 0
  for (const selection of set.selections) {
    if (selection.kind === Kind.INLINE_FRAGMENT) {
      total += references(selection.selectionSet, document, variables, known)
    } else if (selection.kind === Kind.FRAGMENT_SPREAD) {
      const { value } = selection.name
      let counted = known.get(value)
      const fragment = document.definitions.find(
        (definition) => definition.kind === Kind.FRAGMENT_DEFINITION && definition.name.value === value,
      )
      if (counted === undefined && fragment && 'selectionSet' in fragment) {
        counted = references(fragment.selectionSet, document, variables, known)
        known.set(value, counted)
      }
      total += counted ?? 0
    } else if (selection.name.value === '_entities') {
      const given = selection.arguments?.find(({ name }) => name.value === 'representations')?.value
      const list = given?.kind === Kind.VARIABLE ? variables[given.name.value] : undefined
      if (Array.isArray(list)) total += list.length
      else if (given) total += given.kind === Kind.LIST ? given.values.length : 1
    }
  }
  return total
}
