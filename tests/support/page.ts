import { parseDocument } from 'htmlparser2'
import type { TestApp } from './app.ts'
import { type Exchanged, exchange } from './exchange.ts'

/** A page of each kind, of the library that `plantLibrary` stores. */
export const everyPage = [
  ...['/', '/editions', '/editions/2026-06-02', '/weeks/2026-W23', '/months/2026-06', '/trending'],
  ...['/papers/2605.00001', '/search', '/search?q=sparse', '/authors/Ada%20Lovelace', '/keywords/kv%20cache'],
  ...['/organizations/deepseek-ai', '/search?q=sparse&year=2026&keyword=kv+cache'],
]

/** Asks for a page as a browser does. */
export function readPage(
  app: Pick<TestApp, 'url'>,
  target: string,
  headers: Record<string, string> = {},
): Promise<Exchanged> {
  return exchange(app, { target, headers: { accept: 'text/html', ...headers } })
}

type Element = {
  readonly name: string
  readonly attribs: Readonly<Record<string, string>>
  readonly children: readonly Node[]
}
type Node = Element | { readonly data?: string; readonly children?: readonly Node[] }

/** All elements of a page with a name, in order. */
export function elements(html: string, name: string): Element[] {
  const found: Element[] = []
  const visit = (nodes: readonly Node[]) => {
    for (const node of nodes) {
      if ('name' in node && node.name === name) found.push(node)
      visit(node.children ?? [])
    }
  }
  visit(parseDocument(html).children as readonly Node[])
  return found
}

/** The text of an element, as it is read. */
export function textOf(node: Node): string {
  if ('data' in node && node.data !== undefined) return node.data
  return (node.children ?? []).map(textOf).join('')
}
