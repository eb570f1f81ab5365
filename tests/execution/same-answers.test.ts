import fc from 'fast-check'
import { execute, type GraphQLError, parse, validate } from 'graphql'
import { expect, test } from 'vitest'
import { prepareOperation } from '../../src/execution/execute.ts'
import { objectJson } from '../../src/execution/plan.ts'
import { documents } from './documents.ts'
import { misbehavingSchema } from './misbehaving-schema.ts'

/**
 * Errors and data as they are sent. Where fields have to be waited for, a field set to null by the errors below it
 * counts as that alone: which of these errors is first, and which are still seen before the answer is complete,
 * depends on the turns that an executor takes.
 */
function sent(errors: readonly GraphQLError[] = [], data: string, waits: boolean): string {
  const told = errors.map((error) => {
    const { message, ...rest } = error.toJSON()
    // Without the values that messages about faults of the schema show, which no client gets to see.
    return { message: message.replace(/( with value | but got: |\.serialize\().*/s, '$1…'), ...rest }
  })
  if (!waits) return `${JSON.stringify(told, null, 1)}\n${data}`
  const parsed: unknown = JSON.parse(data)
  const settled = told.map((error) => {
    const nulled = pathOfNull(parsed, error.path ?? [])
    return JSON.stringify(nulled.length < (error.path?.length ?? 0) ? { nulled } : error)
  })
  return `${[...new Set(settled)].sort().join('\n')}\n${data}`
}

/** JSON has no word for functions, and leaves the field out. */
function nullForFunctions(_name: string, value: unknown): unknown {
  return typeof value === 'function' ? null : value
}

/** The beginning of the path that leads to the first null of the data. */
function pathOfNull(data: unknown, path: readonly (string | number)[]): readonly (string | number)[] {
  let value = data
  for (const [depth, key] of path.entries()) {
    if (value === null) return path.slice(0, depth)
    value = (value as Record<string | number, unknown>)[key]
  }
  return path
}

test('compiled operations have the answers of graphql-js, errors and their order included', async () => {
  const plain = misbehavingSchema({ seed: 0, faultPercent: 0, waits: false })
  let compared = 0
  await fc.assert(
    fc.asyncProperty(
      documents(plain),
      fc.record({
        seed: fc.nat({ max: 100_000 }),
        faultPercent: fc.constantFrom(0, 3, 15),
        waits: fc.boolean(),
      }),
      async ({ document: text, variables: variableValues }, misbehaviour) => {
        const document = parse(text)
        fc.pre(validate(plain, document).every(({ message }) => /is never used/.test(message)))
        const schema = misbehavingSchema(misbehaviour)
        const { errors, data } = await execute({ schema, document, variableValues })
        const expected = sent(errors, JSON.stringify(data, nullForFunctions), misbehaviour.waits)
        const answer = async () => {
          const { errors, fields } = await prepared.run(undefined, undefined)
          return sent(errors, fields ? objectJson(fields) : 'null', misbehaviour.waits)
        }
        const prepared = prepareOperation({ schema, document, variableValues })
        expect(await answer(), text).toBe(expected)
        // The second run finds everything compiled.
        expect(await answer(), text).toBe(expected)
        compared += 1
      },
    ),
    // A smaller document with the same fault is found in a quarter of an hour, or by hand with the seed.
    { numRuns: 150, endOnFailure: true },
  )
  expect(compared).toBeGreaterThan(100)
}, 400_000)
