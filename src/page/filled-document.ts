import { Kind, parse, print, type ValueNode, visit } from 'graphql'

/**
 * The document with its variables filled in, as a reader opens it in GraphiQL, which takes a query from an address but
 * no variables. An argument without a value is left out.
 *
 * @param variables texts, and lists and objects of texts
 */
export function filledDocument(document: string, variables: Readonly<Record<string, unknown>>): string {
  const filled = visit(parse(document), {
    VariableDefinition: () => null,
    Argument({ value }) {
      if (value.kind === Kind.VARIABLE && variables[value.name.value] === undefined) return null
      return undefined
    },
    Variable: ({ name }) => literalOf(variables[name.value]),
  })
  return print(filled)
}

function literalOf(value: unknown): ValueNode {
  if (Array.isArray(value)) return { kind: Kind.LIST, values: value.map(literalOf) }
  if (typeof value !== 'object' || value === null) return { kind: Kind.STRING, value: String(value) }
  const fields = Object.entries(value).map(([name, held]) => ({
    kind: Kind.OBJECT_FIELD as const,
    name: { kind: Kind.NAME as const, value: name },
    value: literalOf(held),
  }))
  return { kind: Kind.OBJECT, fields }
}
