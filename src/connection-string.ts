import { hostUrls } from '../db/connection/address.ts'

/** A connection string that may be printed, whatever is wrong with it. */
export function maskPassword(url: string): string {
  const withoutLogin = /^[a-z]+:\/\/([^:@/?#]*@)?[^@]*$/i.test(url)
  const masked = withoutLogin ? url : url.replace(/^([^:/?#]+:\/\/)?([^:@/]*):.*@/s, '$1$2:***@')
  return masked.replace(/(password\s*=\s*)('[^']*'|[^&\s]*)/gi, '$1***')
}

export function isConnectionString(value: string): boolean {
  try {
    return hostUrls(value).length > 0
  } catch {
    return false
  }
}

/** PGSSLMODE, the variable of libpq, as a parameter of an address that names no mode. */
export function withTlsMode(url: string | undefined, mode: string | undefined): string | undefined {
  if (url === undefined || !mode || /[?&]ssl(mode)?=/.test(url)) return url
  return `${url}${url.includes('?') ? '&' : '?'}sslmode=${encodeURIComponent(mode)}`
}
