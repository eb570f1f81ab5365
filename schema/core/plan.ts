import {
  type DirectiveNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLResolveInfo,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql'
import type { PaperColumn } from '../../db/papers.ts'

/**
 * The only module that walks the selection of a query. What it gives is plain data: which fields are selected
 * below the field that `info` is of, and which columns they read.
 */

/** The names of the fields selected at `path` below this field: `fieldsBelow(info, 'edges', 'node')`. */
export function fieldsBelow(info: GraphQLResolveInfo, ...path: string[]): Set<string> {
  return new Set(nodesAt(info, path).map((node) => node.name.value))
}

/** Whether a field is selected at `path` below this one, its own name being the last step. */
export function selects(info: GraphQLResolveInfo, ...path: [string, ...string[]]): boolean {
  return fieldsBelow(info, ...path.slice(0, -1)).has(path.at(-1) as string)
}

/** Whether the page of a connection is selected, and not its count alone. */
export function readsPage(info: GraphQLResolveInfo): boolean {
  const fields = fieldsBelow(info)
  return fields.has('nodes') || fields.has('edges') || fields.has('pageInfo')
}

/** What the fields of a type read of its row; fields that say nothing read whatever there is. */
export interface ReadsColumns {
  readonly columns?: readonly PaperColumn[]
}

/** The columns of papers that the selections at these paths read; undefined for all of them. */
export function paperColumnsBelow(
  info: GraphQLResolveInfo,
  ...paths: readonly (readonly string[])[]
): ReadonlySet<PaperColumn> | undefined {
  const type = info.schema.getType('Paper')
  if (!isObjectType(type)) return undefined
  const fields = type.getFields()
  const columns = new Set<PaperColumn>()
  for (const path of paths) {
    for (const name of fieldsBelow(info, ...path)) {
      if (name.startsWith('__')) continue
      const reads = (fields[name]?.extensions as ReadsColumns | undefined)?.columns
      if (!reads) return undefined
      for (const column of reads) columns.add(column)
    }
  }
  return columns
}

/** A name for a set of columns, the same for equal ones. */
export function columnsKey(columns: ReadonlySet<PaperColumn> | undefined): string {
  return columns ? [...columns].sort().join(' ') : '*'
}

/** The names of the fields that an operation selects at the root. */
export function rootFields(
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variableValues: Readonly<Record<string, unknown>>,
): Set<string> {
  const fragments: Record<string, FragmentDefinitionNode> = {}
  for (const definition of document.definitions)
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments[definition.name.value] = definition
  const fields = selected({ fragments, variableValues }, operation.selectionSet)
  return new Set(fields.map((node) => node.name.value))
}

type Scope = Pick<GraphQLResolveInfo, 'fragments' | 'variableValues'>

function nodesAt(info: GraphQLResolveInfo, path: readonly string[]): FieldNode[] {
  let level = selectedIn(info, info.fieldNodes)
  for (const step of path)
    level = selectedIn(
      info,
      level.filter((node) => node.name.value === step),
    )
  return level
}

function selectedIn(info: Scope, nodes: readonly FieldNode[]): FieldNode[] {
  const opened = new Set<string>()
  return nodes.flatMap((node) => selected(info, node.selectionSet, opened))
}

/**
 * Fields of a selection set, its fragments opened whatever type they are for: reading too much does no harm. Each
 * fragment is opened once, so that fragments within fragments cost no exponential time.
 */
function selected(info: Scope, set: SelectionSetNode | undefined, opened = new Set<string>()): FieldNode[] {
  return (set?.selections ?? []).flatMap((selection): FieldNode[] => {
    if (!included(info, selection.directives)) return []
    if (selection.kind === Kind.FIELD) return [selection]
    if (selection.kind === Kind.INLINE_FRAGMENT) return selected(info, selection.selectionSet, opened)
    const name = selection.name.value
    if (opened.has(name)) return []
    opened.add(name)
    return selected(info, info.fragments[name]?.selectionSet, opened)
  })
}

function included(info: Scope, directives: readonly DirectiveNode[] = []): boolean {
  return directives.every((directive) => {
    const name = directive.name.value
    if (name !== 'skip' && name !== 'include') return true
    const value = directive.arguments?.find((argument) => argument.name.value === 'if')?.value
    const given =
      value?.kind === Kind.VARIABLE
        ? info.variableValues[value.name.value]
        : value?.kind === Kind.BOOLEAN && value.value
    return Boolean(given) === (name === 'include')
  })
}
