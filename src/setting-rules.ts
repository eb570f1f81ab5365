import { z } from 'zod'
import { maskPassword } from './connection-string.ts'
import { renamed, settings } from './settings.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** What the settings say, absent ones by their defaults. */
export type SettingValues = z.infer<typeof Settings>

/** Each setting by itself, and what they ask of each other. */
const Settings = z
  .object(settings)
  .refine((env) => env.DATABASE_URL || !env.DATABASE_LISTEN_URL, {
    error: 'DATABASE_LISTEN_URL is set, but DATABASE_URL is not: set both, or only DATABASE_URL, or neither.',
  })
  .refine((env) => !env.WRITE_TOKEN || !env.WRITE_TOKEN_FILE, {
    error: 'WRITE_TOKEN and WRITE_TOKEN_FILE are both set: set one of them.',
  })
  .refine((env) => !env.JWT_ISSUER === !env.JWT_AUDIENCE, {
    error: 'JWT_ISSUER and JWT_AUDIENCE belong together: set both, or neither.',
  })
  .refine((env) => env.JWT_ISSUER || !env.JWT_JWKS_URL, {
    error: 'JWT_JWKS_URL is set, but JWT_ISSUER is not: set it, too.',
  })
  .refine((env) => env.TRUSTED_DOCUMENTS || !env.TRUSTED_ONLY, {
    error: 'TRUSTED_ONLY is on, but TRUSTED_DOCUMENTS is not set: set it, or turn TRUSTED_ONLY off.',
  })
  .refine(
    (env) => !env.MAIL_URL || (env.PUBLIC_URL && env.MAIL_FROM !== settings.MAIL_FROM.parse(undefined)),
    {
      error: 'MAIL_URL is set: set MAIL_FROM and PUBLIC_URL, too, which every mail carries.',
    },
  )
  .refine(
    ({ MAIL_DKIM_DOMAIN, MAIL_DKIM_SELECTOR, MAIL_DKIM_KEY_FILE }) =>
      new Set([MAIL_DKIM_DOMAIN, MAIL_DKIM_SELECTOR, MAIL_DKIM_KEY_FILE].map((value) => !value)).size === 1,
    { error: 'Set all of MAIL_DKIM_DOMAIN, MAIL_DKIM_SELECTOR and MAIL_DKIM_KEY_FILE, or none of them.' },
  )

/** The values of all settings; without them, every fault as a sentence. */
export function checkSettings(env: Environment): { values?: SettingValues; faults: readonly string[] } {
  const given: Record<string, string> = {}
  for (const name of Object.keys(settings)) {
    const value = env[name]?.trim()
    if (value) given[name] = value
  }
  const parsed = Settings.safeParse(given)
  const faults = Object.entries(renamed)
    .filter(([old]) => env[old]?.trim())
    .map(([old, name]) => `${old} is not a setting: use ${name}.`)
  for (const { path, message } of parsed.error?.issues ?? []) {
    const [name] = path
    faults.push(name === undefined ? message : faultOf(String(name), given[String(name)] ?? ''))
  }
  return parsed.success && faults.length === 0
    ? { values: parsed.data, faults }
    : { faults: [...new Set(faults)] }
}

function faultOf(name: string, value: string): string {
  const meta = Object.entries(settings)
    .find(([key]) => key === name)?.[1]
    .meta()
  const shown = meta?.secret ? '(not shown)' : JSON.stringify(maskPassword(value))
  return `${name} is ${shown}, but must be ${meta?.allowed}.`
}
