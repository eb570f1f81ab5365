/**
 * What a terminal would take for a command, or show as another text: control characters, marks of direction,
 * zero-width characters (but for joiners, which scripts need), halves of characters.
 */
const unprintable = /(?![\u{200c}]|[\u{200d}])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Noncharacter_Code_Point}]/gu

/** A text of several lines for a terminal or a log: what cannot be printed is shown as `\u001b`. */
export function printable(text: string): string {
  return text.replace(unprintable, (sign) => (sign === '\n' || sign === '\t' ? sign : escaped(sign)))
}

/** The same on one line: a line break in the name of a file begins no line that looks like one of ours. */
export function printableLine(text: string): string {
  return text.replace(unprintable, escaped)
}

/** JSON on one line, with what cannot be printed escaped, so that it means the same. */
export function printableJson(value: unknown): string {
  return printableLine(JSON.stringify(value) ?? 'null')
}

/** As JSON escapes it: each half of a pair by itself. */
function escaped(sign: string): string {
  return Array.from({ length: sign.length }, (_, at) => sign.charCodeAt(at))
    .map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`)
    .join('')
}
