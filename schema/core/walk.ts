import {
  type DirectiveNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type FragmentSpreadNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  type InlineFragmentNode,
  isInterfaceType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
  visit,
} from 'graphql'

/** The only module that walks the selection sets of documents. */

/** A field as it is selected, with the type that it is selected on. */
export interface WalkedField {
  readonly node: FieldNode
  readonly parent: GraphQLNamedType | undefined
  /** Undefined for the fields of introspection, which no type has among its own. */
  readonly definition: GraphQLField<unknown, unknown> | undefined
}

/** What a walk makes of an operation, from its leaves up. */
interface Visitor<Result> {
  /** What one field gives; `below` is what the selection below it gives, undefined for a leaf. */
  field(field: WalkedField, below: Result | undefined): Result
  /** What several fields of one selection give together. */
  join(results: readonly Result[]): Result
  fragment?(node: FragmentSpreadNode | InlineFragmentNode): void
}

type Fragments = Readonly<Record<string, FragmentDefinitionNode>>

/**
 * Walks all that a valid operation selects, whatever `@skip` and `@include` say. A named fragment is walked once and
 * its result used wherever it is spread, so that fragments within fragments cost no exponential time. Introspection
 * is left out: it reads no data, and graphql-js itself bounds its depth.
 */
function walkOperation<Result>(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  visitor: Visitor<Result>,
): Result {
  const fragments = fragmentsOf(document)
  const known = new Map<string, Result>()

  function walkSet({ selections }: SelectionSetNode, parent: GraphQLNamedType | undefined): Result {
    const fields = isObjectType(parent) || isInterfaceType(parent) ? parent.getFields() : undefined
    return visitor.join(
      selections.map((selection) => {
        if (selection.kind !== Kind.FIELD) {
          visitor.fragment?.(selection)
          if (selection.kind === Kind.FRAGMENT_SPREAD) return walkNamed(selection.name.value)
          const on = selection.typeCondition
          return walkSet(selection.selectionSet, on ? schema.getType(on.name.value) : parent)
        }
        const definition = fields?.[selection.name.value]
        const below =
          definition && selection.selectionSet
            ? walkSet(selection.selectionSet, getNamedType(definition.type))
            : undefined
        return visitor.field({ node: selection, parent, definition }, below)
      }),
    )
  }

  function walkNamed(name: string): Result {
    const fragment = fragments[name]
    let result = known.get(name)
    if (result === undefined) {
      result = fragment
        ? walkSet(fragment.selectionSet, schema.getType(fragment.typeCondition.name.value))
        : visitor.join([])
      known.set(name, result)
    }
    return result
  }

  return walkSet(operation.selectionSet, schema.getRootType(operation.operation) ?? undefined)
}

/** What can be said of an operation without its variables. */
export interface Outline {
  /** Every field that is selected anywhere, those of a named fragment once. */
  readonly fields: readonly WalkedField[]
  /** Whether `@defer` or `@stream` is used anywhere. */
  readonly incremental: boolean
}

const outlines = new WeakMap<OperationDefinitionNode, Outline>()

/** Walks an operation the first time; documents that are parsed once are outlined once. */
export function outlineOf(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): Outline {
  let outline = outlines.get(operation)
  if (!outline) {
    const fields: WalkedField[] = []
    let incremental = false
    const look = ({ directives = [] }: FieldNode | FragmentSpreadNode | InlineFragmentNode) => {
      incremental ||= directives.some(({ name: { value } }) => value === 'defer' || value === 'stream')
    }
    walkOperation<true>(schema, document, operation, {
      field(field) {
        fields.push(field)
        look(field.node)
        return true
      },
      join: () => true,
      fragment: look,
    })
    outline = { fields, incremental }
    outlines.set(operation, outline)
  }
  return outline
}

/** What decides which fields of a selection are executed; the `info` of a resolver is one. */
export interface Scope {
  readonly fragments: Fragments
  readonly variableValues: Readonly<Record<string, unknown>>
}

/** The fields that an operation executes at the root. */
export function rootFields(
  document: DocumentNode,
  { selectionSet }: OperationDefinitionNode,
  variableValues: Readonly<Record<string, unknown>>,
): FieldNode[] {
  return executedFields({ fragments: fragmentsOf(document), variableValues }, [selectionSet])
}

/** The names of the fields at the root of an operation, whatever `@skip` and `@include` say, of invalid documents too. */
export function rootNames(document: DocumentNode, { selectionSet }: OperationDefinitionNode): Set<string> {
  const names = new Set<string>()
  const sets = new Set([selectionSet])
  for (const { selections } of sets) {
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) names.add(selection.name.value)
      else {
        const { selectionSet: inner } =
          selection.kind === Kind.INLINE_FRAGMENT
            ? selection
            : (fragmentsOf(document)[selection.name.value] ?? { selectionSet: undefined })
        if (inner) sets.add(inner)
      }
    }
  }
  return names
}

/**
 * The fields that are executed of selection sets, without what is below them. Each named fragment is opened once.
 *
 * @param opens whether a fragment for the type of this name is opened. The default opens all.
 */
export function executedFields(
  { fragments, variableValues }: Scope,
  sets: readonly (SelectionSetNode | undefined)[],
  opens: (typeName: string) => boolean = () => true,
): FieldNode[] {
  const fields: FieldNode[] = []
  const opened = new Set<string>()
  const add = (set: SelectionSetNode | undefined) => {
    for (const selection of set?.selections ?? []) {
      if (!isIncluded(selection.directives, variableValues)) continue
      if (selection.kind === Kind.FIELD) {
        fields.push(selection)
        continue
      }
      if (selection.kind === Kind.FRAGMENT_SPREAD) {
        if (opened.has(selection.name.value)) continue
        opened.add(selection.name.value)
      }
      const fragment = selection.kind === Kind.FRAGMENT_SPREAD ? fragments[selection.name.value] : selection
      if (fragment?.typeCondition && !opens(fragment.typeCondition.name.value)) continue
      add(fragment?.selectionSet)
    }
  }
  for (const set of sets) add(set)
  return fields
}

const fragmentsKnown = new WeakMap<DocumentNode, Fragments>()

/** The fragments of a document by name. */
export function fragmentsOf(document: DocumentNode): Fragments {
  let fragments = fragmentsKnown.get(document)
  if (!fragments) {
    // Entries, and not assignments: a fragment may be called `__proto__`.
    fragments = Object.fromEntries(
      document.definitions.flatMap((definition) =>
        definition.kind === Kind.FRAGMENT_DEFINITION ? [[definition.name.value, definition]] : [],
      ),
    )
    fragmentsKnown.set(document, fragments)
  }
  return fragments
}

const conditionsKnown = new WeakMap<DocumentNode, readonly string[]>()

/** The variables that `@skip` and `@include` look at anywhere in a document. */
export function conditionsOf(document: DocumentNode): readonly string[] {
  let names = conditionsKnown.get(document)
  if (!names) {
    const found = new Set<string>()
    visit(document, {
      Directive({ name, arguments: given = [] }) {
        if (name.value !== 'skip' && name.value !== 'include') return
        for (const { value } of given) if (value.kind === Kind.VARIABLE) found.add(value.name.value)
      },
    })
    names = [...found]
    conditionsKnown.set(document, names)
  }
  return names
}

function isIncluded(
  directives: readonly DirectiveNode[] | undefined,
  variables: Scope['variableValues'],
): boolean {
  return (directives ?? []).every(({ name, arguments: given }) => {
    if (name.value !== 'skip' && name.value !== 'include') return true
    const value = given?.find((argument) => argument.name.value === 'if')?.value
    const condition =
      value?.kind === Kind.VARIABLE
        ? variables[value.name.value]
        : value?.kind === Kind.BOOLEAN && value.value
    return Boolean(condition) === (name.value === 'include')
  })
}
