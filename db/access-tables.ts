import type { ColumnType, GeneratedAlways, Selectable } from 'kysely'

type Instant = ColumnType<Date, Date | string, Date | string>

/** What a token allows. Each role also allows what those before it allow. */
export const accessRoles = ['read', 'gateway', 'ingest', 'admin'] as const
export type AccessRole = (typeof accessRoles)[number]

/** A token with which clients prove their rights. */
export interface AccessTokenTable {
  id: GeneratedAlways<number>
  /** Unique among those that are not revoked. */
  name: string
  role: AccessRole
  /** SHA-256 of the token in hexadecimal; the token itself is stored nowhere. */
  hash: string
  created_at: Instant
  /** Null if it does not expire. */
  expires_at: Instant | null
  revoked_at: Instant | null
  /** To about a minute. */
  last_used_at: Instant | null
}

export type AccessTokenRow = Selectable<AccessTokenTable>
