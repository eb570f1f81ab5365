import pg from 'pg'
import { vi } from 'vitest'

type Query = (this: pg.Client, ...args: unknown[]) => unknown

/** The texts of all statements that this process sends from now on, until mocks are restored. They are sent all the same. */
export function sentStatements(): string[] {
  const sent: string[] = []
  const prototype = pg.Client.prototype as unknown as { query: Query }
  const { query } = prototype
  vi.spyOn(prototype, 'query').mockImplementation(function (this: pg.Client, ...args: unknown[]) {
    const [asked] = args
    sent.push(typeof asked === 'string' ? asked : String((asked as { text?: string }).text))
    return query.apply(this, args)
  })
  return sent
}
