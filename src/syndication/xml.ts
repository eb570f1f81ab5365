import { createRequire } from 'node:module'
import type * as Xml from 'fast-xml-parser'

/** An element: its text, its children and `@attributes` by name, or several of its kind. Undefined is left out. */
export type XmlContent = string | undefined | { readonly [name: string]: XmlContent } | readonly XmlContent[]

const require = createRequire(import.meta.url)
let builder: Xml.XMLBuilder | undefined

/** Made with the first document: a server starts without what only feeds need. */
function makeBuilder(): Xml.XMLBuilder {
  const { XMLBuilder } = require('fast-xml-parser') as typeof Xml
  return new XMLBuilder({
    ignoreAttributes: false,
    attributeNamePrefix: '@',
    format: true,
    indentBy: ' ',
    suppressEmptyNode: true,
  })
}

/** A document of one root element. Texts are escaped, and lose the characters that XML does not have. */
export function xmlDocument(root: { readonly [name: string]: XmlContent }): string {
  const declaration = { '@version': '1.0', '@encoding': 'UTF-8' }
  builder ??= makeBuilder()
  return builder.build(sendable({ '?xml': declaration, ...root }))
}

/** The same with texts in which every character may be sent. */
export function sendable<Value>(value: Value): Value {
  if (typeof value === 'string') return sendableText(value) as Value
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(sendable) as Value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, part]) => part !== undefined)
      .map(([name, part]) => [name, sendable(part)]),
  ) as Value
}

/** A text without what XML 1.0 does not allow (2.2, Char): most controls, U+FFFE, U+FFFF and lone surrogates. */
function sendableText(text: string): string {
  return text.replace(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, '')
}
