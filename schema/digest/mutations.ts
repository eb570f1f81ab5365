import type { Db } from '../../db/database.ts'
import { type MailLink, readerOfMessageId, readLink } from '../../db/digest/links.ts'
import { readMailKey } from '../../db/digest/promised.ts'
import { changeDigest, findReaderByAddress, suppressReader } from '../../db/digest/readers.ts'
import { askForDigest, DigestLimitError } from '../../db/digest/subscribers.ts'
import { isMailAddress } from '../../db/model/mail-address.ts'
import { builder } from '../core/builder.ts'
import type { Context } from '../core/context.ts'
import { ApiError, BadInputError } from '../core/errors.ts'
import { DigestPreferencesInput, storedPreferences } from './preferences.ts'

function requireDigest({ onMailPromised }: Context): () => void {
  if (onMailPromised) return onMailPromised
  throw new ApiError('NOT_FOUND', 'This server sends no digest. Subscribe to a feed instead.')
}

interface Said {
  readonly message: string
}

const DigestPayload = builder.objectRef<Said>('DigestPayload').implement({
  description: 'The result of a mutation of the digest.',
  fields: (t) => ({
    message: t.exposeString('message', { description: 'What happens next, in a sentence for the reader.' }),
  }),
})

const MailReportKind = builder.enumType('MailReportKind', {
  description: 'What a relay reports of a mail.',
  values: {
    BOUNCE: { value: 'bounce', description: 'It cannot be delivered, for good.' },
    COMPLAINT: { value: 'complaint', description: 'The reader called it spam.' },
  } as const,
})

const preferences = {
  type: DigestPreferencesInput,
  description: 'When it is mailed, and what it holds. Omit it for all papers, daily at 07:00 UTC.',
} as const

builder.mutationFields((t) => ({
  subscribeToDigest: t.field({
    tag: 'operations',
    authScopes: { read: true },
    type: DigestPayload,
    extensions: { cost: 500 },
    description:
      'Subscribes a mail address to the digest of new papers. The address is asked for confirmation first, at most once a day. The answer is the same whether or not the address has the digest; one that has it is mailed the link to its preferences.',
    args: {
      address: t.arg.string({
        required: true,
        description: 'The mail address, without a name. Example: `me@example.org`.',
        validate: {
          type: 'string',
          refine: [isMailAddress, { message: 'must be a mail address, such as me@example.org.' }],
        },
      }),
      preferences: t.arg(preferences),
    },
    resolve: async (_root, { address, preferences }, context) => {
      const onPromised = requireDigest(context)
      try {
        await askForDigest(context.db, address, await storedPreferences(context.db, preferences), new Date())
      } catch (error) {
        if (!(error instanceof DigestLimitError)) throw error
        const { message, retryAfterMs } = error
        throw new ApiError('RATE_LIMITED', message, { retryAfterMs })
      }
      onPromised()
      return { message: 'A mail is on its way to this address. Follow the link in it within a week.' }
    },
  }),
  updateDigest: t.field({
    tag: 'operations',
    authScopes: { read: true },
    type: DigestPayload,
    extensions: { cost: 50 },
    description: 'Changes the preferences of a digest, by the link that each of its mails has.',
    args: {
      token: t.arg.string({
        required: true,
        description: 'What follows `/mail/` in the link of a mail.',
        validate: { type: 'string', maxLength: [200, { message: 'write at most 200 characters.' }] },
      }),
      preferences: t.arg({ ...preferences, required: true }),
    },
    resolve: async (_root, { token, preferences }, context) => {
      requireDigest(context)
      const { db } = context
      const link = await linkOf(db, token)
      if (!link || !(await changeDigest(db, link, await storedPreferences(db, preferences), new Date())))
        throw new BadInputError(
          'token: this link has expired or was replaced. Use that of the newest mail, or subscribe again.',
          ['token'],
        )
      return { message: 'The digest is changed.' }
    },
  }),
  reportMail: t.field({
    tag: 'operations',
    authScopes: { ingest: true },
    type: DigestPayload,
    extensions: { cost: 5 },
    description:
      'Reports that a mail could not be delivered, or was called spam: nothing is mailed to its reader any more. For the hook of a relay. Requires a token with the role `ingest`.',
    args: {
      messageId: t.arg.string({
        description: 'The header Message-ID of the mail. Null if only the address is known.',
      }),
      address: t.arg.string({ description: 'The address of the reader. Null if the Message-ID is known.' }),
      kind: t.arg({ type: MailReportKind, required: true, description: 'What happened.' }),
    },
    resolve: async (_root, { messageId, address, kind }, { db }) => {
      const named = messageId == null ? undefined : readerOfMessageId(messageId)
      const id = named ?? (address == null ? undefined : (await findReaderByAddress(db, address))?.id)
      if (id === undefined)
        throw new BadInputError('Pass the messageId of a mail of this server, or the address of a reader.', [
          messageId == null ? 'address' : 'messageId',
        ])
      await suppressReader(db, id, kind, new Date())
      return { message: 'Nothing is mailed to this reader any more.' }
    },
  }),
}))

async function linkOf(db: Db, token: string): Promise<MailLink | undefined> {
  const link = readLink(await readMailKey(db), token, new Date())
  return link?.purpose === 'manage' ? link : undefined
}
