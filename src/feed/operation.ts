import {
  type DocumentNode,
  type ExecutionArgs,
  type FieldNode,
  getOperationAST,
  Kind,
  type OperationDefinitionNode,
  print,
  visit,
} from 'graphql'

/**
 * What two subscriptions must have in common to share executions: document, operation and variables without the
 * argument `after`, which only says where each begins. The rights are the caller's to add.
 */
export function sharingKey(
  args: Pick<ExecutionArgs, 'document' | 'operationName' | 'variableValues'>,
): string {
  const { text, afterVariable } = analysed(args.document, args.operationName)
  const variables = Object.entries(args.variableValues ?? {})
    .filter(([name]) => name !== afterVariable)
    .sort(([one], [other]) => (one < other ? -1 : 1))
  return `${text}\n${canonical(variables)}`
}

/** Whether results can differ by what was sent before them. */
export function showsPrevious({
  document,
  operationName,
}: Pick<ExecutionArgs, 'document' | 'operationName'>) {
  return analysed(document, operationName).showsPrevious
}

interface Analysis {
  readonly text: string
  readonly afterVariable: string | undefined
  readonly showsPrevious: boolean
}

const analyses = new WeakMap<DocumentNode, Map<string, Analysis>>()

function analysed(document: DocumentNode, operationName: string | null | undefined): Analysis {
  const known = analyses.get(document) ?? new Map<string, Analysis>()
  analyses.set(document, known)
  const analysis = known.get(operationName ?? '') ?? analyse(document, operationName)
  known.set(operationName ?? '', analysis)
  return analysis
}

function analyse(document: DocumentNode, operationName: string | null | undefined): Analysis {
  const operation = getOperationAST(document, operationName)
  const afterVariable = operation ? variableOnlyIn(document, operation) : undefined
  let showsPrevious = false
  const stripped = visit(document, {
    VariableDefinition: (node) => (node.variable.name.value === afterVariable ? null : undefined),
    Field: (node) => {
      if (node.name.value === 'previousCursor') showsPrevious = true
    },
    Argument: (node, _key, _parent, _path, ancestors) => {
      const field = ancestors.at(-1)
      const isRoot = operation && rootFields(operation).some((root) => root === field)
      if (!isRoot || node.name.value !== 'after') return undefined
      return node.value.kind !== Kind.VARIABLE || node.value.name.value === afterVariable ? null : undefined
    },
  })
  return { text: `${operationName ?? ''}\n${print(stripped)}`, afterVariable, showsPrevious }
}

function rootFields({ selectionSet }: OperationDefinitionNode): FieldNode[] {
  return selectionSet.selections.filter((selection) => selection.kind === Kind.FIELD)
}

/** The variable given as `after`, if it is used nowhere else. */
function variableOnlyIn(document: DocumentNode, operation: OperationDefinitionNode): string | undefined {
  const [root] = rootFields(operation)
  const value = root?.arguments?.find(({ name }) => name.value === 'after')?.value
  if (value?.kind !== Kind.VARIABLE) return undefined
  const name = value.name.value
  let uses = 0
  visit(document, {
    Variable: (node) => {
      if (node.name.value === name) uses += 1
    },
  })
  // Once in its definition, once as `after`.
  return uses === 2 ? name : undefined
}

/** JSON that does not depend on the order in which the client wrote the keys. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    part && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([one], [other]) => (one < other ? -1 : 1)))
      : part,
  )
}
