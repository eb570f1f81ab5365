import { type GraphQLField, getNamedType, isLeafType } from 'graphql'

/**
 * What it takes to answer a field, in points. A point is about a millisecond of Postgres and Node together, for the
 * dearest arguments on 100,000 papers; `npm run bench -- cost` compares. Fields declare it in `extensions.cost`, where
 * it differs from the usual: of one answer, without what is selected below.
 */
export type FieldCost = number | ((args: Readonly<Record<string, unknown>>) => number)

const valueCost = 0.005
/** Of each object, an item of a list too. */
export const objectCost = 0.01

/** Points of a value of an answer, once it is made. */
export const usedByValue = 0.001

/** A text of a kilobyte or two: written as JSON, compressed and sent. */
export const longText = 0.015

/** Whether a field says what it costs: it does more than show a value. */
export function declaresCost({ extensions }: GraphQLField<unknown, unknown>): boolean {
  return extensions.cost !== undefined
}

/** Points of one answer of a field; `argumentsOf` gives the arguments as the client wrote them. */
export function costOf(
  { extensions, type }: GraphQLField<unknown, unknown>,
  argumentsOf: () => Readonly<Record<string, unknown>>,
): number {
  const { cost } = extensions as { readonly cost?: FieldCost }
  if (cost === undefined) return isLeafType(getNamedType(type)) ? valueCost : objectCost
  return typeof cost === 'number' ? cost : cost(argumentsOf())
}
