import { XMLParser, XMLValidator } from 'fast-xml-parser'
import { SourceError } from '../errors.ts'

/** An element: its text alone, or its children and `@attributes` by name; repeated ones are arrays. */
export type XmlNode = string | XmlElement | XmlNode[] | undefined
export interface XmlElement {
  [name: string]: XmlNode
}

/**
 * Parses XML without its namespace prefixes. Text stays text: numbers are not guessed, white space stays, and only
 * the five entities of XML and character numbers are resolved, once. A document that declares types or entities of
 * its own is refused: no source needs them, and expanding them is how small documents grow without bound.
 */
export function parseXml(xml: string): XmlElement {
  if (/<!DOCTYPE/i.test(xml))
    throw new SourceError('This XML declares types or entities, which is not supported.')
  const plain = withoutMarkedSections(xml)
  try {
    const valid = XMLValidator.validate(plain)
    if (valid === true) return parser.parse(plain)
    const { line, msg } = valid.err
    throw new SourceError(
      `This is not complete XML (line ${line}: ${msg.slice(0, 200)}) It may be cut off: download it again.`,
    )
  } catch (error) {
    if (error instanceof SourceError) throw error
    throw new SourceError(`This XML cannot be read: ${error instanceof Error ? error.message : error}`)
  }
}

/** The text of an element without child elements; undefined for one that has them. */
export function xmlText(node: XmlNode): string | undefined {
  if (typeof node === 'string') return resolve(node)
  if (typeof node !== 'object' || Array.isArray(node)) return undefined
  const names = Object.keys(node)
  if (!names.every((name) => name === '#text' || name.startsWith('@'))) return undefined
  const own = node['#text']
  return typeof own === 'string' ? resolve(own) : ''
}

/** The elements of that name, however many there are. */
export function all(node: XmlNode): XmlNode[] {
  return node === undefined ? [] : Array.isArray(node) ? node : [node]
}

export function isElement(node: XmlNode): node is XmlElement {
  return typeof node === 'object' && !Array.isArray(node)
}

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  removeNSPrefix: true,
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  processEntities: false,
  maxNestedTags: 20,
})

const named: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

function resolve(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#x([\da-fA-F]{1,6})|(\w{2,4}));/g, (whole, decimal, hex, name) => {
    if (name) return named[name] ?? whole
    const code = decimal ? Number(decimal) : Number.parseInt(hex, 16)
    // A number that is no character stays as it was written.
    const isCharacter = code > 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff)
    return isCharacter ? String.fromCodePoint(code) : whole
  })
}

/** `<![CDATA[a < b]]>` as `a &lt; b`, so that all text is resolved in one way. Linear, unlike a lazy pattern. */
function withoutMarkedSections(xml: string): string {
  const [before = '', ...sections] = xml.split('<![CDATA[')
  const parts = sections.map((section) => {
    const end = section.indexOf(']]>')
    if (end === -1) throw new SourceError('This is not complete XML (a marked section does not end).')
    return escaped(section.slice(0, end)) + section.slice(end + 3)
  })
  return [before, ...parts].join('')
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
