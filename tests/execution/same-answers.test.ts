import fc from 'fast-check'
import { execute, type GraphQLError, parse, validate } from 'graphql'
import { expect, test } from 'vitest'
import { type JsonAnswer, prepareOperation } from '../../src/execution/execute.ts'
import { objectJson } from '../../src/execution/plan.ts'
import { documents } from './documents.ts'
import { misbehavingSchema } from './misbehaving-schema.ts'

/** Errors and data as they are sent. */
function sent({ errors, fields }: JsonAnswer): string {
  return `${shown(errors)}\n${fields && objectJson(fields)}`
}

/** Without the values that messages about faults of the schema show, which no client gets to see. */
function shown(errors: readonly GraphQLError[] = []): string {
  return JSON.stringify(
    errors.map((error) => {
      const { message, ...rest } = error.toJSON()
      return { message: message.replace(/( with value | but got: |\.serialize\().*/s, '$1…'), ...rest }
    }),
    null,
    1,
  )
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
        const expected = `${shown(errors)}\n${JSON.stringify(data)}`
        const prepared = prepareOperation({ schema, document, variableValues })
        expect(sent(await prepared.run(undefined, undefined)), text).toBe(expected)
        // The second run finds everything compiled.
        expect(sent(await prepared.run(undefined, undefined)), text).toBe(expected)
        compared += 1
      },
    ),
    { numRuns: 150 },
  )
  expect(compared).toBeGreaterThan(100)
}, 180_000)
