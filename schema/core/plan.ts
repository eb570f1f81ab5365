import { type FieldNode, type GraphQLResolveInfo, isAbstractType, isObjectType } from 'graphql'
import type { PaperColumn } from '../../db/papers.ts'
import { executedFields } from './walk.ts'

/**
 * What a resolver learns of the selection below its field, as plain data: which fields are selected, and which
 * columns they read. Fragments are opened whatever type they are for: reading too much does no harm.
 */

/** The names of the fields selected at `path` below this field: `fieldsBelow(info, 'edges', 'node')`. */
function fieldsBelow(info: GraphQLResolveInfo, ...path: string[]): Set<string> {
  return remembered(info, `fields ${path}`, () => new Set(nodesAt(info, path).map((node) => node.name.value)))
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
  return remembered(info, `columns ${paths.join(' ')}`, () => findPaperColumns(info, paths))
}

/**
 * What was found below a field, once for all objects that have it. The nodes stand for the schema and the variables too:
 * whoever executes a document makes the list of them for both.
 */
function remembered<Found>({ fieldNodes }: GraphQLResolveInfo, question: string, find: () => Found): Found {
  const found = known.get(fieldNodes) ?? new Map<string, unknown>()
  known.set(fieldNodes, found)
  if (!found.has(question)) found.set(question, find())
  return found.get(question) as Found
}

const known = new WeakMap<GraphQLResolveInfo['fieldNodes'], Map<string, unknown>>()

function findPaperColumns(
  info: GraphQLResolveInfo,
  paths: readonly (readonly string[])[],
): ReadonlySet<PaperColumn> | undefined {
  const type = info.schema.getType('Paper')
  if (!isObjectType(type)) return undefined
  const fields = type.getFields()
  const isPaper = (typeName: string) => {
    const condition = info.schema.getType(typeName)
    return condition === type || (isAbstractType(condition) && info.schema.isSubType(condition, type))
  }
  const columns = new Set<PaperColumn>()
  for (const path of paths) {
    for (const node of nodesAt(info, path, isPaper)) {
      const name = node.name.value
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
  if (!columns) return '*'
  let key = keys.get(columns)
  if (key === undefined) {
    key = [...columns].sort().join(' ')
    keys.set(columns, key)
  }
  return key
}

const keys = new WeakMap<ReadonlySet<PaperColumn>, string>()

function nodesAt(info: GraphQLResolveInfo, path: readonly string[], opens?: TypeCheck): FieldNode[] {
  let parents: readonly FieldNode[] = info.fieldNodes
  for (const step of path) parents = below(info, parents).filter((node) => node.name.value === step)
  return below(info, parents, opens)
}

type TypeCheck = (typeName: string) => boolean

function below(info: GraphQLResolveInfo, parents: readonly FieldNode[], opens?: TypeCheck): FieldNode[] {
  return executedFields(
    info,
    parents.map((parent) => parent.selectionSet),
    opens,
  )
}
