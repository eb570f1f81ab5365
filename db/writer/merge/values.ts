import { createHash } from 'node:crypto'
import {
  type ColumnFieldName,
  type FieldName,
  type FieldValue,
  fieldNames,
} from '../../model/paper-fields.ts'
import type { AuthorRecord, PaperRecord } from '../../model/record.ts'

type ColumnValues = { [Name in ColumnFieldName]: FieldValue<Name> | null }

/** A paper's fields as they are merged and compared; null where nothing is known. */
export interface FieldValues extends ColumnValues {
  authors: AuthorList | null
  authorCount: number | null
  /** Its name; what else is known of it is merged by itself. */
  organization: string | null
}

/** A list of authors by its digest; the list itself is at hand only when it comes from a record. */
export interface AuthorList {
  digest: string
  names: string[]
}

/** Every field unknown; to be copied. */
export const unknownValues = Object.fromEntries(fieldNames.map((name) => [name, null])) as Readonly<
  Record<FieldName, null>
>

/** What the record gives for the field; undefined where it leaves it out. */
export function recordedValue<F extends FieldName>(record: PaperRecord, field: F): FieldValues[F] | undefined
export function recordedValue(record: PaperRecord, field: FieldName): unknown {
  if (field === 'authors') return record.authors?.length ? digestAuthors(record.authors) : undefined
  if (field === 'organization') return record.organization?.name
  const value = record[field]
  return Array.isArray(value) && value.length === 0 ? undefined : value
}

/** Equal digests mean equal lists: names, order, linked accounts, claims and hidden marks. */
function digestAuthors(authors: readonly AuthorRecord[]): AuthorList {
  const hash = createHash('md5')
  for (const { name, account, claimStatus, claimChangedAt, hidden } of authors) {
    hash.update(
      `${name}\0${account?.name ?? ''}\0${claimStatus ?? ''}\0${claimChangedAt ?? ''}\0${hidden ? 1 : 0}\n`,
    )
  }
  return { digest: hash.digest('hex'), names: authors.map((author) => author.name) }
}

export function same(a: FieldValues[FieldName], b: FieldValues[FieldName]): boolean {
  if (a === b) return true
  if (a === null || b === null || typeof a !== 'object' || typeof b !== 'object') return false
  if ('digest' in a && 'digest' in b) return a.digest === b.digest
  return Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((item, i) => item === b[i])
}
