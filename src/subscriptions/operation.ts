import { hash } from 'node:crypto'
import {
  type ArgumentNode,
  type ASTNode,
  type DocumentNode,
  type ExecutionArgs,
  type GraphQLSchema,
  getOperationAST,
  print,
  visit,
} from 'graphql'
import { outlineOf } from '../../schema/core/walk.ts'
import type { Measure } from '../graphql/measure.ts'
import { measureOperation } from '../graphql/measure-once.ts'

type Asked = Pick<ExecutionArgs, 'schema' | 'document' | 'operationName' | 'variableValues'>

/**
 * What two subscriptions must have in common to be one topic: document, operation and variables without the
 * argument `after`, which only says where each begins. The rights are the caller's to add.
 */
export function topicKey(asked: Asked): string {
  const { topic, afterVariable } = analysed(asked)
  return `${topic}\n${variablesBut(asked, new Set(afterVariable))}`
}

/**
 * What two topics must have in common for the results of one event to be the same: all but the arguments of the
 * subscribed field, which choose events and do not shape them.
 */
export function shapeKey(asked: Asked): string {
  const { shape, choosing } = analysed(asked)
  return hash('sha256', `${shape}\n${variablesBut(asked, choosing)}`, 'base64url')
}

/** Whether results can differ by what was sent before them. */
export function showsPrevious(asked: Asked): boolean {
  return analysed(asked).showsPrevious
}

function variablesBut({ variableValues }: Asked, names: ReadonlySet<string>): string {
  const others = Object.entries(variableValues ?? {}).filter(([name]) => !names.has(name))
  return canonical(Object.fromEntries(others))
}

/** What the execution of one event costs. */
export function eventCost({
  schema,
  document,
  operationName,
  variableValues,
}: Asked): Pick<Measure, 'cost' | 'work'> {
  const operation = getOperationAST(document, operationName)
  return operation
    ? measureOperation(schema, document, operation, variableValues ?? {})
    : { cost: 0, work: 0 }
}

interface Analysis {
  /** The document without `after`. */
  readonly topic: string
  /** The variable given as `after`, if it is used nowhere else; a set of one or none. */
  readonly afterVariable: readonly string[]
  /** The document without any argument of the subscribed field. */
  readonly shape: string
  /** The variables that are used in those arguments alone. */
  readonly choosing: ReadonlySet<string>
  readonly showsPrevious: boolean
}

const analyses = new WeakMap<DocumentNode, Map<string, Analysis>>()

function analysed({ schema, document, operationName }: Asked): Analysis {
  const known = analyses.get(document) ?? new Map<string, Analysis>()
  analyses.set(document, known)
  const analysis = known.get(operationName ?? '') ?? analyse(schema, document, operationName)
  known.set(operationName ?? '', analysis)
  return analysis
}

function analyse(
  schema: GraphQLSchema,
  document: DocumentNode,
  operationName: string | null | undefined,
): Analysis {
  const operation = getOperationAST(document, operationName)
  const fields = operation ? outlineOf(schema, document, operation).fields : []
  const root = fields.find(({ parent }) => parent === schema.getSubscriptionType())
  const given = root?.node.arguments ?? []
  const after = given.find(({ name }) => name.value === 'after')
  const all = usesOf(document)
  const afterVariable = after ? onlyHere(all, usesOf(after)) : []
  const choosing = new Set(onlyHere(all, usesOf(...given)))
  return {
    topic: printed(
      document,
      operationName,
      (argument) => argument === after && usesOf(after).size === afterVariable.length,
      new Set(afterVariable),
    ),
    afterVariable,
    shape: printed(document, operationName, (argument) => given.includes(argument), choosing),
    choosing,
    showsPrevious: fields.some(({ node }) => node.name.value === 'previousCursor'),
  }
}

/** The document without some arguments and the definitions of some variables. */
function printed(
  document: DocumentNode,
  operationName: string | null | undefined,
  drops: (argument: ArgumentNode) => boolean,
  variables: ReadonlySet<string>,
): string {
  const stripped = visit(document, {
    VariableDefinition: (node) => (variables.has(node.variable.name.value) ? null : undefined),
    Argument: (node) => (drops(node) ? null : undefined),
  })
  return `${operationName ?? ''}\n${print(stripped)}`
}

/** How often each variable is used, its definition not counted. */
function usesOf(...nodes: ASTNode[]): Map<string, number> {
  const uses = new Map<string, number>()
  for (const node of nodes) {
    visit(node, {
      VariableDefinition: () => false,
      Variable: ({ name }) => {
        uses.set(name.value, (uses.get(name.value) ?? 0) + 1)
      },
    })
  }
  return uses
}

function onlyHere(all: ReadonlyMap<string, number>, here: ReadonlyMap<string, number>): string[] {
  return [...here].filter(([name, uses]) => all.get(name) === uses).map(([name]) => name)
}

/** JSON that does not depend on the order in which the client wrote the keys. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    part && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([one], [other]) => (one < other ? -1 : 1)))
      : part,
  )
}
