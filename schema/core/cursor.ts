import { createHash } from 'node:crypto'
import type { KeyKind, Keys, Order } from '../../db/lists/page.ts'
import { isDay } from '../../db/model/day.ts'
import { BadInputError } from './errors.ts'

/** Cursors of lists: opaque to clients, they name the order and the filter they belong to. */
export interface CursorScope {
  readonly order: Order
  /** Names everything else that decides what is in the list, e.g. its filter; see `scopeOf`. */
  readonly scope: string
}

/** A short name of a list's filter and owner. */
export function scopeOf(parts: unknown): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 8)
}

export function encodeCursor({ order, scope }: CursorScope, keys: Keys): string {
  return Buffer.from(JSON.stringify([order.name, scope, ...keys])).toString('base64url')
}

/** Throws BadInputError for a cursor that this list did not give out, saying which list did. */
export function decodeCursor(cursor: string, { order, scope }: CursorScope, argument: string): Keys {
  const parts = parse(cursor)
  const [name, from, ...keys] = parts
  if (typeof name !== 'string' || typeof from !== 'string')
    throw new BadInputError(
      `${argument}: ${JSON.stringify(cursor.slice(0, 60))} is not a cursor; pass the \`cursor\` of an edge of this list, or \`endCursor\` or \`startCursor\` of its page.`,
      [argument],
    )
  if (name !== order.name)
    throw new BadInputError(
      `${argument}: this cursor belongs to the order ${name}, but the list has the order ${order.name}; pass a cursor of this list, or start without one.`,
      [argument],
    )
  if (from !== scope)
    throw new BadInputError(
      `${argument}: this cursor belongs to a list with another filter or owner; pass a cursor of this list, or start without one.`,
      [argument],
    )
  if (keys.length !== order.keys.length || !order.keys.every(({ kind }, index) => fits(kind, keys[index])))
    throw new BadInputError(`${argument}: this cursor is damaged; pass it exactly as you received it.`, [
      argument,
    ])
  return keys as (string | number)[]
}

function parse(cursor: string): unknown[] {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
    return Array.isArray(parts) ? parts : []
  } catch {
    return []
  }
}

function fits(kind: KeyKind, value: unknown): boolean {
  if (kind === 'integer') return Number.isSafeInteger(value)
  if (kind === 'number') return typeof value === 'number'
  if (kind === 'day') return isDay(value)
  return (
    typeof value === 'string' &&
    /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value) &&
    isDay(value.slice(0, 10)) &&
    !Number.isNaN(Date.parse(value))
  )
}

/** Whether a cursor was given out by a list of this scope. */
export function isCursorOf(cursor: string, { order, scope }: CursorScope): boolean {
  const [name, from] = parse(cursor)
  return name === order.name && from === scope
}
