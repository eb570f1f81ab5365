import type { IncomingMessage } from 'node:http'
import { bodyTooLarge, endedEarly } from '../graphql/body.ts'
import { badAddress } from '../page/page-errors.ts'

const mostBytes = 16_384

/** The fields of a form, `application/x-www-form-urlencoded`; none for other bodies, which are read to their end. */
export async function readForm(request: IncomingMessage): Promise<URLSearchParams> {
  const chunks: Buffer[] = []
  let size = 0
  try {
    for await (const chunk of request) {
      size += chunk.length
      if (size <= mostBytes) chunks.push(chunk)
      else if (size > 64 * mostBytes) break
    }
  } catch {
    throw endedEarly()
  }
  if (size > mostBytes) throw bodyTooLarge(mostBytes)
  const isForm = request.headers['content-type']?.startsWith('application/x-www-form-urlencoded')
  return new URLSearchParams(isForm ? Buffer.concat(chunks).toString('utf8') : '')
}

/** Preferences as the mutations take them. */
export interface FormPreferences {
  readonly cadence: string
  readonly weekday: string
  readonly hour: number
  readonly zone: string
  readonly filter: Readonly<Record<string, unknown>>
  readonly format: string
}

/** What a form says; the API judges the values. Throws an ApiError for a filter that is no JSON. */
export function preferencesOf(form: URLSearchParams): FormPreferences {
  return {
    cadence: form.get('cadence') || 'DAILY',
    weekday: form.get('weekday') || 'MONDAY',
    hour: Number(form.get('hour') || 7),
    zone: form.get('zone') || 'UTC',
    filter: { ...filterOf(form.get('filter')), ...textOf(form) },
    format: form.get('format') || 'BOTH',
  }
}

function textOf(form: URLSearchParams): { text?: string } {
  const text = form.get('text')?.trim()
  return text ? { text } : {}
}

/** A PaperFilter as JSON, as addresses and forms carry it. Throws an ApiError if it is no object. */
export function filterOf(json: string | null): Record<string, unknown> {
  if (!json?.trim()) return {}
  try {
    const filter: unknown = JSON.parse(json)
    if (filter && typeof filter === 'object' && !Array.isArray(filter))
      return filter as Record<string, unknown>
  } catch {}
  throw badAddress('The filter must be a PaperFilter as JSON, e.g. {"minUpvotes": 10}.')
}
