import { parseInstant } from '../time.ts'

/** The page of a file that browsers call "Webpage, single file" (RFC 2557). */
export interface SavedPage {
  html: string
  /** When it was saved (ISO instant), by the browser's own word. */
  savedAt?: string
  address?: string
}

/** Whether text is the beginning of such a file. */
export function isMhtml(start: string): boolean {
  return /^(?:[\w-]+:.*\r?\n(?:[ \t].*\r?\n)*){0,20}?content-type:\s*multipart\/related/i.test(
    start.slice(0, 4_000),
  )
}

/** The first part that is HTML; undefined where there is none. */
export function pageOfMhtml(text: string): SavedPage | undefined {
  const { headers, body } = headersOf(text)
  const boundary = /boundary="?([^";\r\n]+)"?/i.exec(headers.get('content-type') ?? '')?.[1]
  if (!boundary) return undefined
  for (const part of body.split(`--${boundary}`).slice(1, 200)) {
    const inner = headersOf(part.replace(/^\r?\n/, ''))
    if (!/text\/html/i.test(inner.headers.get('content-type') ?? '')) continue
    const html = decodedBody(inner.body, inner.headers.get('content-transfer-encoding') ?? '')
    const date = new Date(headers.get('date') ?? '')
    const savedAt = Number.isNaN(date.getTime()) ? undefined : parseInstant(date.toISOString())
    const address = inner.headers.get('content-location') ?? headers.get('snapshot-content-location')
    return { html, ...(savedAt && { savedAt }), ...(address && { address }) }
  }
  return undefined
}

function headersOf(text: string): { headers: Map<string, string>; body: string } {
  const end = /\r?\n\r?\n/.exec(text)
  const head = text.slice(0, end?.index ?? 0).slice(0, 20_000)
  const headers = new Map<string, string>()
  for (const line of head.replace(/\r?\n[ \t]+/g, ' ').split(/\r?\n/)) {
    const colon = line.indexOf(':')
    if (colon > 0) headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim())
  }
  return { headers, body: end ? text.slice(end.index + end[0].length) : '' }
}

function decodedBody(body: string, encoding: string): string {
  if (/base64/i.test(encoding)) return Buffer.from(body, 'base64').toString()
  if (!/quoted-printable/i.test(encoding)) return body
  const bytes = body
    .replace(/=\r?\n/g, '')
    .replace(/=([\dA-F]{2})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))
  // Bytes above ASCII are written as `=C3=A9`; what is not written so is text already.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the range is all of Latin-1.
  return /^[\x00-\xff]*$/.test(bytes) ? Buffer.from(bytes, 'latin1').toString() : bytes
}
