import {
  type ASTVisitor,
  type DirectiveNode,
  type DocumentNode,
  Kind,
  SingleFieldSubscriptionsRule,
  type ValidationContext,
  type ValidationRule,
  visit,
} from 'graphql'
import type { Plugin } from 'graphql-yoga'

/**
 * Lets `@skip` and `@include` stand on the subscribed field with a variable. The rule of graphql-js knows no values
 * and says of each variable that it was not provided; here such a field counts as selected, and the execution of the
 * operation decides with the values. See `nothingSelected` in limit-queries.ts.
 */
export function allowConditionalSubscriptions(): Plugin {
  return {
    onValidate({ params, addValidationRule }) {
      params.rules = params.rules?.filter((rule: ValidationRule) => rule !== SingleFieldSubscriptionsRule)
      addValidationRule(SubscribedFieldRule)
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
