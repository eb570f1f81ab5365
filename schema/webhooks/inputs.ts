import type { StringValidationOptions } from '@pothos/plugin-zod'
import type { WebhookRow } from '../../db/webhook-tables.ts'
import { webhookById } from '../../db/webhooks/endpoints.ts'
import type { Context } from '../core/context.ts'
import { BadInputError } from '../core/errors.ts'
import { wellFormed } from '../core/inputs.ts'
import type { WebhookDoor } from '../core/webhook-door.ts'

export const webhookIdArgument = { required: true, description: 'The `id` of a webhook.' } as const

/** Names are shown in logs and by the command line. */
export const webhookName: StringValidationOptions = {
  type: 'string',
  maxLength: [100, { message: 'write at most 100 characters.' }],
  refine: [
    wellFormed,
    [(text) => text.trim() !== '', { message: 'must not be blank.' }],
    [(text) => !/\p{Cc}/u.test(text), { message: 'must be one line.' }],
  ],
}

/** Anything else cannot be asked of the database. */
export function isWebhookId(id: string | number): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(String(id))
}

/** The webhook of an id. Throws BadInputError if there is none. */
export async function existingWebhook(id: string | number, { db }: Context): Promise<WebhookRow> {
  const webhook = isWebhookId(id) ? await webhookById(db, String(id)) : undefined
  return webhook ?? unknownWebhook()
}

export function unknownWebhook(): never {
  throw new BadInputError('id: no webhook has this id. The query `webhooks` lists all.', ['id'])
}

export function nameTaken(): never {
  throw new BadInputError('name: another webhook has this name. Choose another one.', ['name'])
}

/** Throws BadInputError for a URL that events cannot be sent to. */
export function requireTarget(url: string, door: WebhookDoor): void {
  const fault = door.faultOf(url)
  if (fault !== undefined) throw new BadInputError(`url: ${fault}`, ['url'])
}

/** For a URL whose host turned out not to be a public one. */
export function refusedTarget(error: string | null): BadInputError {
  return new BadInputError(`url: ${error?.replace(/^The URL /, '') ?? 'is refused.'}`, ['url'])
}

export function doorOf({ webhooks }: Context): WebhookDoor {
  if (!webhooks) throw new Error('This server executes no operations on webhooks.')
  return webhooks
}
