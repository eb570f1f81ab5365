import { execute, getNamedType, isObjectType, parse } from 'graphql'
import { describe, expect, test } from 'vitest'
import { accessRoles } from '../../db/access-tables.ts'
import { declaredRole } from '../../schema/core/rights.ts'
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

test('webhooks are shown to administrators alone: no field leads to one that does not require the role', () => {
  const shows = /^(Webhook(State|Attempt)?|\w*Webhook\w*Payload)$/
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]
  const types = Object.values(schema.getTypeMap()).filter(isObjectType)
  const leading = types
    .filter((type) => !shows.test(type.name))
    .flatMap((type) => Object.values(type.getFields()).map((field) => ({ type, field })))
    .filter(({ field }) => shows.test(getNamedType(field.type).name))
  expect(leading.map(({ field }) => field.name)).toEqual(
    expect.arrayContaining(['webhooks', 'webhook', 'webhookState', 'createWebhook', 'testWebhook']),
  )
  const open = leading.filter(
    ({ type, field }) => !roots.includes(type) || declaredRole(field as never) !== 'admin',
  )
  expect(open.map(({ type, field }) => `${type.name}.${field.name}`)).toEqual([])
  const authScopes = leading.map(({ field }) =>
    Object.keys((field.extensions.pothosOptions as { authScopes?: object }).authScopes ?? {}),
  )
  expect(authScopes.filter((scopes) => scopes.join() !== 'admin')).toEqual([])
})
