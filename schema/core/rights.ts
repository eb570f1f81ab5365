import type { DocumentNode, GraphQLField, GraphQLSchema, OperationDefinitionNode } from 'graphql'
import { type AccessRole, accessRoles } from '../../db/access-tables.ts'
import type { Lapse, Viewer } from './context.ts'
import { type ErrorCode, errorCodes } from './error-codes.ts'
import { ApiError } from './errors.ts'
import { rootNames } from './walk.ts'

/** Whether the sender of a request may do what the role allows. */
export function allows({ role }: Viewer, needed: AccessRole): boolean {
  return role !== null && accessRoles.indexOf(role) >= accessRoles.indexOf(needed)
}

/**
 * The role that an operation requires: `read`, or the highest that a root field of a mutation declares. Fields that
 * `@skip` or `@include` may exclude count too, because variables are not coerced yet.
 */
export function requiredRole(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): AccessRole {
  if (operation.operation !== 'mutation') return 'read'
  const fields = schema.getMutationType()?.getFields() ?? {}
  const declared = [...rootNames(document, operation)].flatMap((name) => {
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined
    return field ? [declaredRole(field)] : []
  })
  return accessRoles.findLast((role) => declared.includes(role)) ?? 'read'
}

/** The role in the `authScopes` of a field. A field that declares none is for nobody below `admin`. */
export function declaredRole({ extensions }: GraphQLField<unknown, unknown>): AccessRole {
  const { pothosOptions } = extensions as { pothosOptions?: { authScopes?: Record<string, unknown> } }
  return accessRoles.find((role) => pothosOptions?.authScopes?.[role] === true) ?? 'admin'
}

const subjects: Readonly<Record<AccessRole, string>> = {
  ...{ read: 'Reading', gateway: 'Naming clients', ingest: 'Writing', admin: 'This' },
}

/** Why the sender of a request may not do what the role allows; undefined if it may. `subject` is what requires it. */
export function refusalOf(
  viewer: Viewer,
  needed: AccessRole,
  subject = subjects[needed],
): ApiError | undefined {
  if (allows(viewer, needed)) return undefined
  const { role, token, tokenFault } = viewer
  if (token !== undefined)
    return unauthorized(
      'FORBIDDEN',
      `This token has the role "${role}", and this requires "${needed}". Ask the operator of this server for a token with that role.`,
    )
  if (tokenFault === 'unchecked')
    return unauthorized(
      'DATABASE_UNAVAILABLE',
      'The token cannot be checked, because the database is unavailable. Try again soon.',
    )
  if (tokenFault === 'unchecked-by-issuer')
    return unauthorized(
      'ISSUER_UNAVAILABLE',
      'The token cannot be checked, because the keys of its issuer cannot be read. Try again soon.',
    )
  if (tokenFault === 'expired' || tokenFault === 'revoked') return lapsed(tokenFault)
  const fault = tokenFault === 'unknown' ? ', and the one that was sent is not of this server' : ''
  return unauthorized(
    'UNAUTHENTICATED',
    `${subject} requires a token with the role "${needed}"${fault}. Ask the operator of this server for one, and send it in the header "Authorization: Bearer <token>".`,
  )
}

/** Why a subscription ends, or a request is refused. `cursor` is where a subscription was. */
export function lapsed(lapse: Lapse, cursor?: string): ApiError {
  const code = lapse === 'expired' ? 'TOKEN_EXPIRED' : 'TOKEN_REVOKED'
  const what = lapse === 'expired' ? 'has expired' : 'was revoked'
  const next = cursor === undefined ? '' : ` Then subscribe again after ${cursor}.`
  return unauthorized(
    code,
    `The token ${what}. Ask the operator of this server for a new one.${next}`,
    cursor === undefined ? {} : { cursor },
  )
}

/** A refusal of the whole request, with the challenge that RFC 9110 (15.5.2) requires beside 401. */
function unauthorized(code: ErrorCode, message: string, extensions: Record<string, unknown> = {}): ApiError {
  const { status } = errorCodes[code]
  const headers = {
    ...(status === 401 && { 'www-authenticate': 'Bearer' }),
    ...(status === 503 && { 'retry-after': '5' }),
  }
  return new ApiError(code, message, { ...extensions, http: { spec: true, status, headers } })
}
