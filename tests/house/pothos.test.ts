import { isObjectType } from 'graphql'
import { expect, test } from 'vitest'
import { schema } from '../../schema/index.ts'

const objects = Object.values(schema.getTypeMap()).filter(isObjectType)

// What Pothos keeps in the extensions of a type is not in its types: an upgrade that renames it would pass tsc.
test('schema/core/node.ts finds the parser of global ids where it looks: pothosParseGlobalID', () => {
  const parsed = objects.filter(({ extensions }) => typeof extensions.pothosParseGlobalID === 'function')
  // The keys of the other nodes are any text.
  expect(parsed.map(({ name }) => name).sort()).toEqual(['Edition', 'Paper'])
})
