import { execute, parse } from 'graphql'
import { describe, expect, test } from 'vitest'
import { accessRoles } from '../../db/tables.ts'
import { schema } from '../../schema/index.ts'

const mutations = Object.values(schema.getMutationType()?.getFields() ?? {})

/** What readers do themselves: they prove that an address is theirs by the links that are mailed to it. */
const forReaders = ['subscribeToDigest', 'updateDigest']

describe('every mutation', () => {
  test('there is one', () => expect(mutations.length).toBeGreaterThan(0))

  // What Pothos keeps in the extensions of a field is not in its types: an upgrade that renames it would pass tsc.
  test.each(mutations.map((field) => [field.name, field] as const))(
    '%s declares one role in its authScopes, where schema/core/rights.ts finds it',
    (name, { extensions }) => {
      const { authScopes } = extensions.pothosOptions as { authScopes?: Record<string, unknown> }
      const [declared = ['nothing'], ...others] = Object.entries(authScopes ?? {})
      expect(others).toEqual([])
      expect(accessRoles.map((role) => [role, true])).toContainEqual(declared)
      expect(declared[0] === 'read').toBe(forReaders.includes(name))
    },
  )

  test('refuses a stranger by itself too, past the check of whole operations, and before its arguments', async () => {
    const viewer = { role: 'read', sharingKey: 'anonymous' }
    const { data, errors } = await execute({
      schema,
      document: parse('mutation { ingestPapers(papers: []) { newCount } }'),
      contextValue: { viewer },
    })
    expect(data).toBeNull()
    expect(errors?.map(({ extensions }) => extensions.code)).toEqual(['UNAUTHENTICATED'])
  })
})
