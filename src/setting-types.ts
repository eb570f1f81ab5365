import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { type AccessRole, accessRoles } from '../db/access-tables.ts'
import { isConnectionString } from './connection-string.ts'
import { trustedProxiesIn } from './http/client-address.ts'

/** A setting: what the variable may hold, in words (for messages) and as a schema. */
export function integer(least: number, most: number, fallback: number) {
  return z
    .string()
    .regex(/^\d+$/)
    .transform(Number)
    .pipe(z.int().min(least).max(most))
    .default(fallback)
    .meta({ allowed: `a whole number from ${least} to ${most}` })
}

/** One without a default. */
export function optionalInteger(least: number, most: number) {
  return z
    .string()
    .regex(/^\d+$/)
    .transform(Number)
    .pipe(z.int().min(least).max(most))
    .optional()
    .meta({ allowed: `a whole number from ${least} to ${most}` })
}

export function flag(fallback: boolean) {
  return z.stringbool().default(fallback).meta({ allowed: 'on or off' })
}

/** Any text. `meta` comes last: what is chained after it would lose it. */
export function optionalText(allowed: string) {
  return z.string().optional().meta({ allowed })
}

export function textOr(fallback: string, allowed: string) {
  return z.string().default(fallback).meta({ allowed })
}

export const postgresUrl = z
  .string()
  .refine(isConnectionString)
  .optional()
  .meta({ allowed: 'a URL like postgresql://user:password@host:5432/database' })

export const origins = z
  .string()
  .transform((value) => (value === 'none' ? [] : value.split(/[\s,]+/)))
  .pipe(z.array(z.string().refine((value) => value === '*' || isOrigin(value))))
  .default(['*'])
  .meta({ allowed: '*, none, or origins like https://example.org, separated by commas' })

/** Origins over HTTPS or HTTP by their names; none is the default. */
export const imageOrigins = z
  .string()
  .transform((value) => (value === 'none' ? [] : value.split(/[\s,]+/)))
  .pipe(z.array(z.string().refine(isOrigin)))
  .default([])
  .meta({ allowed: 'none, or origins like https://cdn-thumbnails.huggingface.co, separated by commas' })

export const webAddress = (fallback: string) =>
  z
    .string()
    .refine((value) => /^https?:\/\/[^@]+$/i.test(value) && URL.canParse(value))
    .default(fallback)
    .meta({ allowed: `a URL like ${fallback}` })

/** Where readers find the server, without a slash at the end. */
export const publicUrl = z
  .string()
  .refine((value) => /^https?:\/\/[^@?#]+$/i.test(value) && URL.canParse(value))
  .transform((value) => value.replace(/\/+$/, ''))
  .optional()
  .meta({ allowed: 'a URL like https://papers.example.org' })

/** Whom mail is sent by: an address, or a name and an address. */
export const mailFrom = z
  .string()
  .regex(/^(?:[^<>"@,;:\r\n]+ <[^\s<>@,;:]+@[a-z0-9.-]+>|[^\s<>@,;:]+@[a-z0-9.-]+)$/i)
  .default('Daily Papers <digest@localhost>')
  .meta({ allowed: 'an address like digest@example.org or Daily Papers <digest@example.org>' })

export const mailUrl = z
  .string()
  .refine((value) => /^smtps?:\/\/[^/?#]+\/?(?:\?tls=require)?$/i.test(value) && URL.canParse(value))
  .optional()
  .meta({ allowed: 'a URL like smtps://user:password@mail.example.org', secret: true })

export const optionalWebAddress = (example: string) =>
  z
    .string()
    .refine((value) => /^https?:\/\/[^@]+$/i.test(value) && URL.canParse(value))
    .optional()
    .meta({ allowed: `a URL like ${example}` })

const roleNames = new Set<string>(accessRoles)

/** `papers-admin=admin,papers-bot=ingest`: the roles of this program by what an issuer calls them. */
export const jwtRoles = z
  .string()
  .transform((value) => value.split(',').map((pair) => pair.trim().split('=')))
  .pipe(
    z.array(
      z.tuple([
        z.string().min(1),
        z.custom<AccessRole>((role) => typeof role === 'string' && roleNames.has(role)),
      ]),
    ),
  )
  .optional()
  .meta({
    allowed: `pairs like papers-admin=admin, separated by commas; roles are ${accessRoles.join(', ')}`,
  })

export const token = z.string().regex(/^[\x21-\x7e]{16,}$/)

/** The text of a file without what surrounds it; empty for one that cannot be read. */
export function contentOf(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    return ''
  }
}

export const trustedProxies = z
  .string()
  .refine((value) => trustedProxiesIn(value) !== undefined)
  .default('none')
  .meta({
    allowed:
      'none, the number of proxies, or their addresses and networks like 10.0.0.0/8, separated by commas',
  })

function isOrigin(value: string): boolean {
  return URL.canParse(value) && new URL(value).origin === value
}
