import type { ObjectRef } from '@pothos/core'
import type { GraphQLResolveInfo } from 'graphql'
import { arxivIdOf } from '../../db/model/arxiv-id.ts'
import { isDay } from '../../db/model/period.ts'
import { foldSpace } from '../../db/model/text.ts'
import { Account } from '../account.ts'
import { Author } from '../author.ts'
import type { builder } from '../core/builder.ts'
import type { Context } from '../core/context.ts'
import { BadInputError } from '../core/errors.ts'
import { globalIdFor, integerKey } from '../core/ids.ts'
import { wellFormed } from '../core/inputs.ts'
import { paperColumnsBelow } from '../core/plan.ts'
import { Edition } from '../edition.ts'
import { Keyword } from '../keyword.ts'
import { Organization } from '../organization.ts'
import { loadPaper, Paper } from '../paper.ts'

const [isText] = wellFormed

/**
 * What other subgraphs can refer to, and by which keys. Each object has the key that the world knows it by, for
 * subgraphs that never asked us, and the global id, for those that kept what we gave out.
 *
 * A reference is resolved one by one here and read all at once by the loaders: one statement for each type.
 */

export interface Entity {
  readonly type: ObjectRef<typeof builder.$inferSchemaTypes, unknown>
  /** Fields of which each is a key. */
  readonly keys: readonly string[]
  /** The object that a representation names; null if there is none. Throws BadInputError for a malformed key. */
  resolveReference(
    representation: object,
    context: Context,
    info: GraphQLResolveInfo,
  ): Loaded | Promise<Loaded>
}

type Loaded = object | null | undefined

export const entities: readonly Entity[] = [
  {
    type: Paper,
    keys: ['id', 'arxivId'],
    resolveReference: (representation, context, info) => {
      const { field, value } = keyIn('Paper', representation, ['id', 'arxivId'])
      const key = field === 'id' ? { id: paperId(value) } : { arxivId: arxivId(value) }
      return loadPaper(context, key, paperColumnsBelow(info, []))
    },
  },
  {
    type: Author,
    keys: ['name', 'id'],
    resolveReference: (representation, context) =>
      Author.getDataloader(context).load(keyOf('Author', representation, 'name', foldSpace)),
  },
  {
    type: Account,
    keys: ['name', 'id'],
    resolveReference: (representation, context) =>
      Account.getDataloader(context).load(keyOf('Account', representation, 'name')),
  },
  {
    type: Organization,
    keys: ['name', 'id'],
    resolveReference: (representation, context) =>
      Organization.getDataloader(context).load(keyOf('Organization', representation, 'name')),
  },
  {
    type: Keyword,
    keys: ['key', 'id'],
    resolveReference: (representation, context) =>
      Keyword.getDataloader(context).load(keyOf('Keyword', representation, 'key')),
  },
  {
    type: Edition,
    keys: ['date', 'id'],
    resolveReference: (representation, context) =>
      Edition.getDataloader(context).load(keyOf('Edition', representation, 'date', day)),
  },
]

/** The natural key of a type, whether it came as such or in a global id: both are read by one statement. */
function keyOf(
  typename: string,
  representation: object,
  natural: string,
  parse: (value: string) => string = (value) => value,
): string {
  const { field, value } = keyIn(typename, representation, [natural, 'id'])
  return parse(field === 'id' ? globalIdFor(typename, value, []) : value)
}

/** The first of these fields that the representation has. Null counts as absent: a key that is not known yet. */
function keyIn(typename: string, representation: object, fields: readonly string[]) {
  for (const field of fields) {
    const value: unknown = (representation as Record<string, unknown>)[field]
    if (value === undefined || value === null) continue
    if (typeof value !== 'string')
      throw new BadInputError(`\`${field}\` of this ${typename} must be a string.`)
    if (!isText(value))
      throw new BadInputError(
        `\`${field}\` of this ${typename} must be valid text; it contains a NUL or an unpaired surrogate.`,
      )
    return { field, value }
  }
  const names = fields.map((field) => `\`${field}\``).join(' or ')
  throw new BadInputError(`This representation of a ${typename} has no key: send ${names}.`)
}

function paperId(globalId: string): number {
  return integerKey(globalIdFor('Paper', globalId, []))
}

function arxivId(text: string): string {
  const id = arxivIdOf(text)
  if (id === undefined)
    throw new BadInputError(`${JSON.stringify(text)} is not an arXiv id; expected e.g. "2505.11711".`)
  return id
}

function day(text: string): string {
  if (!isDay(text))
    throw new BadInputError(`${JSON.stringify(text)} is not a day; expected e.g. "2026-01-05".`)
  return text
}
