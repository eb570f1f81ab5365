import type { AccessRole } from '../../db/access-tables.ts'
import { createAccessToken } from '../../db/access-tokens.ts'
import { hashOfToken, newAccessToken } from '../../src/access-token.ts'
import type { TestApp } from './app.ts'

/** A token in the database of a server, as the command line would create it. */
export async function createToken(
  { db }: Pick<TestApp, 'db'>,
  name: string,
  role: AccessRole,
  expiresAt: Date | null = null,
): Promise<string> {
  const token = newAccessToken()
  const row = await createAccessToken(db, { name, role, hash: hashOfToken(token), expiresAt })
  if (!row) throw new Error(`There is a token with the name ${name}.`)
  return token
}

export function bearer(token: string): { authorization: string } {
  return { authorization: `Bearer ${token}` }
}
