import { readFileSync } from 'node:fs'
import { type GraphQLInterfaceType, type GraphQLObjectType, parse, validate } from 'graphql'
import { expect, test } from 'vitest'
import { feedEventKinds } from '../../db/feed-tables.ts'
import { schema } from '../../schema/index.ts'

const read = (file: string) => readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8')
const interfaceOf = (name: string) => schema.getType(name) as GraphQLInterfaceType
const namesOf = (type: GraphQLInterfaceType | GraphQLObjectType) => Object.keys(type.getFields())
const eventTypes = schema.getImplementations(interfaceOf('PaperEvent')).objects

/** `recordedAt` says the same. */
const repeated = ['ingestedAt']

// `src/client` imports nothing from the server and exports no document: both are read as text.
test.each(['src/client/follow.ts', 'src/subscriptions/feed-document.ts'])(
  'the document of %s is valid and selects what is particular to each type of event',
  (file) => {
    const [, document = ''] = /\/\* GraphQL \*\/ `([^`]+)`/.exec(read(file)) ?? []
    expect(validate(schema, parse(document))).toEqual([])
    const common = namesOf(interfaceOf('PaperEvent'))
    const missing = eventTypes.flatMap((type) => {
      const [, selected = ''] = new RegExp(`\\.\\.\\. on ${type.name} \\{([^}]*)`).exec(document) ?? []
      return namesOf(type)
        .filter((field) => ![...common, ...repeated].includes(field))
        .filter((field) => !selected.split(' ').includes(field))
        .map((field) => `${type.name}.${field}`)
    })
    expect(missing).toEqual([])
  },
)

test('each kind of event has a type, and `follow` knows all of both', () => {
  expect(eventTypes.map(({ name }) => name).sort()).toEqual(
    feedEventKinds.map((kind) => `Paper${kind[0]?.toUpperCase()}${kind.slice(1)}`).sort(),
  )
  const client = read('src/client/follow.ts')
  const words = read('src/commands/follow.ts')
  expect(eventTypes.filter(({ name }) => !client.includes(`'${name}'`))).toEqual([])
  expect(eventTypes.filter(({ name }) => !words.includes(`${name}: '`))).toEqual([])
  expect(feedEventKinds.filter((kind) => !client.includes(`\`${kind.toUpperCase()}\``))).toEqual([])
})
