import type { z } from 'zod'
import type { Rejection } from '../../../db/model/record.ts'
import { quote } from './shapes.ts'

/**
 * What zod found, for the person who has to repair the input: the first fault with its path, and how many more
 * there are. `input` is what was parsed, for telling a missing value from one of the wrong kind.
 */
export function rejection(position: string, input: unknown, error: z.ZodError): Rejection {
  const [issue] = error.issues
  if (!issue) return { position, reason: 'The item is not valid.' }
  const more = error.issues.length - 1
  const reason = reasonOf(issue, valueAt(input, issue.path))
  return {
    position,
    ...(issue.path.length > 0 && { path: issue.path.map(String).join('.') }),
    reason:
      more === 0 ? reason : `${reason} (And ${more} more ${more === 1 ? 'error' : 'errors'} in this item.)`,
  }
}

/** "2026-06-16.json item 3"; without a name "item 3". */
export function positionIn(name: string | undefined, place: string): string {
  return name ? `${name} ${place}` : place
}

function reasonOf(issue: z.core.$ZodIssue, value: unknown): string {
  if (issue.code === 'invalid_type') {
    if (value === undefined) return 'The value is missing.'
    return `Expected ${articled(issue.expected)}, not ${described(value)}.`
  }
  if (issue.code === 'too_big') return `The list is too long; at most ${issue.maximum} items are allowed.`
  return issue.message
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  let value = input
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return undefined
    value = Reflect.get(value, key)
  }
  return value
}

const articled = (kind: string) => `${/^[aeiou]/.test(kind) ? 'an' : 'a'} ${kind}`

function described(value: unknown): string {
  if (value === null) return 'null'
  if (typeof value === 'string') return `the text ${quote(value)}`
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  return Array.isArray(value) ? 'an array' : 'an object'
}
