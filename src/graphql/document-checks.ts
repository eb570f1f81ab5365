import {
  type ASTVisitor,
  type DirectiveNode,
  type DocumentNode,
  GraphQLError,
  getOperationAST,
  getVariableValues,
  Kind,
  parse,
  SingleFieldSubscriptionsRule,
  type ValidationContext,
  type ValidationRule,
  visit,
} from 'graphql'
import type { Plugin } from 'graphql-yoga'
import type { ErrorCode } from '../../schema/core/error-codes.ts'
import { type ApiError, requestError } from '../../schema/core/errors.ts'
import { rootFields } from '../../schema/core/walk.ts'
import { overLimit, type QueryLimits, tooDeepToRead, tooLong } from './limits.ts'
import { dearestField } from './measure.ts'
import { measureOperation, withDefaults } from './measure-once.ts'

/** What is checked of documents on each transport, before anything of them is executed. */

/** Refuses documents beyond the limits, and subscriptions without a field. */
export function limitQueries(limits: QueryLimits): Plugin {
  const limitedParse: typeof parse = (source, options) => {
    try {
      return parse(source, { ...options, maxTokens: limits.tokens })
    } catch (error) {
      // The parser calls itself for each level, and the stack is at its end long before the tokens are.
      if (error instanceof RangeError) throw tooDeepToRead()
      if (error instanceof GraphQLError && /more tha[nt] \d+ tokens/.test(error.message))
        throw tooLong(limits.tokens)
      // Yoga has these for requests of its own alone, and keeps the error for the next one with the same text.
      if (error instanceof GraphQLError) {
        error.extensions.code = 'GRAPHQL_PARSE_FAILED' satisfies ErrorCode
        error.extensions.http = { spec: true, status: 400 }
      }
      throw error
    }
  }
  const faultOf = ({ schema, document, operationName, variableValues }: ExecutionArguments) => {
    const operation = getOperationAST(document, operationName)
    if (!operation) return undefined // the executor tells what is wrong
    const given = variableValues ?? {}
    const isEmpty = () => rootFields(document, operation, withDefaults(operation, given)).length === 0
    if (operation.operation === 'subscription' && isEmpty()) {
      const { variableDefinitions = [] } = operation
      const { errors } = getVariableValues(schema, variableDefinitions, given)
      return errors ? undefined : nothingSelected() // the executor tells which variables are wrong
    }
    return overLimit(measureOperation(schema, document, operation, given), limits, () =>
      dearestField(schema, document, operation, withDefaults(operation, given)),
    )
  }
  return {
    onParse: ({ setParseFn }) => setParseFn(limitedParse),
    onExecute({ args, setResultAndStopExecution }) {
      const fault = faultOf(args)
      if (fault) setResultAndStopExecution({ errors: [fault] })
    },
    onSubscribe({ args, setResultAndStopExecution }) {
      const fault = faultOf(args)
      if (fault) setResultAndStopExecution({ errors: [fault] })
    },
  }
}

/** graphql-js takes for granted that there is a field to subscribe to. */
function nothingSelected(): ApiError {
  return requestError(
    'BAD_USER_INPUT',
    'The subscription selects no field, because `@skip` or `@include` excludes all of its fields.',
  )
}

/**
 * The engine keeps the errors of documents for those who send them again. V8 writes the stack of an error when it is
 * read, and until then keeps what its calls were made on: among it the response and the socket of the first asker.
 */
export function writeStacks(): Plugin {
  return {
    onParse: () => writeStacksOf,
    onValidate: () => writeStacksOf,
  }
}

function writeStacksOf({ result }: { readonly result: unknown }): void {
  for (const error of Array.isArray(result) ? result : [result]) if (error instanceof Error) void error.stack
}

type ExecutionArguments = Pick<
  Parameters<NonNullable<Plugin['onExecute']>>[0]['args'],
  'schema' | 'document' | 'operationName' | 'variableValues'
>

/**
 * Lets `@skip` and `@include` stand on the subscribed field with a variable. The rule of graphql-js knows no values
 * and says of each variable that it was not provided; here such a field counts as selected, and the execution of the
 * operation decides with the values. See `nothingSelected`.
 */
export function allowConditionalSubscriptions(): Plugin {
  return {
    onValidate({ params }) {
      // The engine's own list, which it has made for this validation.
      const rules: ValidationRule[] = params.rules ?? []
      const place = rules.indexOf(SingleFieldSubscriptionsRule)
      if (place !== -1) rules[place] = SubscribedFieldRule
    },
  }
}

function SubscribedFieldRule(context: ValidationContext): ASTVisitor {
  const document = context.getDocument()
  const unconditional = withoutConditions(document)
  const { OperationDefinition: check } = SingleFieldSubscriptionsRule(
    Object.create(context, { getDocument: { value: () => unconditional } }),
  ) as { OperationDefinition(node: unknown): void }
  return {
    OperationDefinition: (node) => check(unconditional.definitions[document.definitions.indexOf(node)]),
  }
}

function withoutConditions(document: DocumentNode): DocumentNode {
  return visit(document, { Directive: (node) => (isCondition(node) ? null : undefined) })
}

function isCondition({ name, arguments: given }: DirectiveNode): boolean {
  if (name.value !== 'skip' && name.value !== 'include') return false
  return given?.some(({ value }) => value.kind === Kind.VARIABLE) ?? false
}
