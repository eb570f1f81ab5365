import { describe, expect, test } from 'vitest'
import { useTestApp } from '../support/app.ts'
import { plant } from '../support/papers.ts'
import { subscribe, subscribeSse } from '../support/subscribe.ts'

const app = useTestApp()

const transports = [
  ['WebSocket', async (document: string, variables = {}) => subscribe(app, document, variables)],
  ['SSE', (document: string, variables = {}) => subscribeSse(app, document, variables)],
] as const

const field = (condition: string) => `paperIngested(after: "START") ${condition} { paper { title } }`
const included = `subscription ($on: Boolean!) { ${field('@include(if: $on)')} }`

describe.each(transports)('over %s, @skip and @include on the subscribed field', (_name, open) => {
  test.each<[string, Record<string, unknown>]>([
    [included, { on: true }],
    [`subscription ($off: Boolean!) { ${field('@skip(if: $off)')} }`, { off: false }],
    [`subscription ($on: Boolean! = true) { ${field('@include(if: $on)')} }`, {}],
    [
      `subscription ($on: Boolean!) { ...Root @include(if: $on) } fragment Root on Subscription { ${field('')} }`,
      { on: true },
    ],
    [
      `subscription ($on: Boolean!) { ... @include(if: $on) { ${field('@include(if: true) @skip(if: false)')} } }`,
      { on: true },
    ],
  ])('decide with the value that was given: %s', async (document, variables) => {
    await plant(app.db, [{ arxivId: '2606.00001', title: 'One' }])
    await using events = await open(document, variables)
    expect(await events.next()).toEqual({ paperIngested: { paper: { title: 'One' } } })
  })

  test('that leave it out are refused with a sentence that says so', async () => {
    await using events = await open(included, { on: false })
    const [error] = await errorsOf(events)
    expect(error).toMatchObject({
      message: expect.stringMatching(/selects no field/),
      extensions: { code: 'BAD_USER_INPUT' },
    })
  })

  test('do not make a second field of it', async () => {
    const both = `subscription ($on: Boolean!) { ${field('@include(if: $on)')} feed @skip(if: $on) { cursor } }`
    await using events = await open(both, { on: true })
    const [error] = await errorsOf(events)
    expect(error).toMatchObject({ message: expect.stringContaining('only one top level field') })
  })

  test('need their variable', async () => {
    await using events = await open(included)
    const [error] = await errorsOf(events)
    expect(error).toMatchObject({
      message: expect.stringContaining('"$on" of required type "Boolean!" was not provided'),
    })
  })
})

/** A WebSocket ends with errors; SSE sends them as a result. */
async function errorsOf(events: Awaited<ReturnType<(typeof transports)[number][1]>>): Promise<unknown[]> {
  return events.nextResult().then(
    ({ errors }) => [...(errors ?? [])],
    (over: Error) => over.cause as unknown[],
  )
}
