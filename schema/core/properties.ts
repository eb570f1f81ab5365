import type { GraphQLField } from 'graphql'

/** What fields tell those who execute, in their extensions. */
export interface ExecutionHints {
  /** The property of its object that the resolver shows. */
  readonly property?: string
  /**
   * An object has the same JSON in all runs of an operation with the same variables: rows are read anew for each batch of
   * events, and one that is met again is still the same row.
   */
  readonly sameJson?: boolean
}

/**
 * The property of its object that a field shows as it is, so that it can be read without the resolver; undefined for
 * fields that do more. A value that is not of the field's type, such as a key in place of an object, is the
 * resolver's to look at.
 */
export function propertyOf({
  name,
  resolve,
  extensions,
}: GraphQLField<unknown, unknown>): string | undefined {
  if (!resolve) return name
  const { property, pothosExposedField, pothosResolveWrapped, pothosOptions } = extensions as ExecutionHints &
    PothosExtensions
  if (pothosOptions?.authScopes) return undefined
  return property ?? (pothosResolveWrapped === false ? pothosExposedField : undefined)
}

/** What Pothos notes of a field: whether it exposes a property, and whether a plugin does something before or after. */
interface PothosExtensions {
  readonly pothosExposedField?: string
  readonly pothosResolveWrapped?: boolean
  readonly pothosOptions?: { readonly authScopes?: unknown }
}
