import { readFileSync } from 'node:fs'
import {
  buildASTSchema,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  lexicographicSortSchema,
  parse,
  printSchema,
} from 'graphql'
import { describe, expect, test } from 'vitest'
import { withIncrementalDelivery } from '../../schema/core/incremental.ts'
import { schema } from '../../schema/index.ts'
import { printClientSchema, schemaFile } from '../../schema/print.ts'
import { declaredListSize } from '../../src/graphql/list-size.ts'

test('the printed schema is the one that is served; `npm run schema` writes it anew', () => {
  const kept = readFileSync(schemaFile, 'utf8')
  expect(kept).toBe(printClientSchema())
  expect(printSchema(lexicographicSortSchema(buildASTSchema(parse(kept))))).toBe(
    printSchema(lexicographicSortSchema(withIncrementalDelivery(schema))),
  )
})

interface Member {
  name: string
  description: string | null | undefined
  field?: GraphQLField<unknown, unknown> | GraphQLInputField
  output?: boolean
}

/** Whatever of the schema is ours: a name, its description, and for fields the type. */
function* members(of: GraphQLSchema): Generator<Member, void> {
  for (const type of Object.values(of.getTypeMap())) {
    if (type.name.startsWith('__') || standard.has(type.name)) continue
    yield { name: type.name, description: type.description }
    if (isEnumType(type))
      for (const value of type.getValues())
        yield { name: `${type.name}.${value.name}`, description: value.description }
    if (!isObjectType(type) && !isInterfaceType(type) && !isInputObjectType(type)) continue
    for (const field of Object.values(type.getFields())) {
      const output = !isInputObjectType(type)
      yield { name: `${type.name}.${field.name}`, description: field.description, output, field }
      if ('args' in field)
        for (const argument of field.args)
          yield {
            name: `${type.name}.${field.name}(${argument.name})`,
            description: argument.description,
          }
    }
  }
}

const standard = new Set(['Boolean', 'Float', 'ID', 'Int', 'String'])

describe('the schema', () => {
  test('describes every type, field, argument and value', () => {
    const silent = [...members(schema)].filter(({ description }) => !description || description.length < 8)
    expect(silent.map(({ name }) => name)).toEqual([])
  })

  test('says in words when a field is null', () => {
    const nullable = [...members(schema)].filter(
      ({ output, field, description }) =>
        output && field && !isNonNullType(field.type) && !/\bnull\b/i.test(description ?? ''),
    )
    expect(nullable.map(({ name }) => name)).toEqual([])
  })

  test('bounds every list', () => {
    const unbounded = [...members(schema)].filter(({ output, name, field }) => {
      if (!output || !field) return false
      const inner = isNonNullType(field.type) ? field.type.ofType : field.type
      if (!isListType(inner) || getNamedType(field.type).name.startsWith('__')) return false
      const { bound, lengthOf } = field.extensions
      return bound === undefined && lengthOf === undefined && !sizedAbove(schema).has(name)
    })
    expect(unbounded.map(({ name }) => name)).toEqual([])
  })

  test('declares the size of every list of objects, for gateways and for the limits of this server', () => {
    const sized = new Set([...sizedAbove(schema), 'IngestPapersPayload.results'])
    const silent = fieldsOf(schema).filter(({ name, field }) => {
      if (!isListType(getNullableType(field.type)) || !isCompositeType(getNamedType(field.type))) return false
      return declaredListSize(field) === undefined && !sized.has(name)
    })
    expect(silent.map(({ name }) => name)).toEqual([])
  })

  test('declares sizes by fields and arguments that there are', () => {
    for (const { name, field } of fieldsOf(schema)) {
      const { slicingArguments = [], sizedFields = [], lengthOf = [] } = declaredListSize(field) ?? {}
      const type = getNamedType(field.type)
      expect(
        field.args.map((argument) => argument.name),
        name,
      ).toEqual(expect.arrayContaining([...slicingArguments].concat(lengthOf)))
      if (sizedFields.length > 0)
        expect(isObjectType(type) ? Object.keys(type.getFields()) : [], name).toEqual(
          expect.arrayContaining([...sizedFields]),
        )
    }
  })
})

/** All fields of our objects and interfaces. */
function fieldsOf(of: GraphQLSchema) {
  return Object.values(of.getTypeMap()).flatMap((type) =>
    type.name.startsWith('__') || !(isObjectType(type) || isInterfaceType(type))
      ? []
      : Object.values(type.getFields()).map((field) => ({ name: `${type.name}.${field.name}`, field })),
  )
}

/** The lists whose size the field above them declares: `edges` and `nodes` of connections. */
function sizedAbove(of: GraphQLSchema): Set<string> {
  return new Set(
    fieldsOf(of).flatMap(({ field }) =>
      (declaredListSize(field)?.sizedFields ?? []).map((name) => `${getNamedType(field.type).name}.${name}`),
    ),
  )
}
