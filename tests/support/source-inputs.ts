/** Inputs in the forms of the sources, made up piece by piece. */

export const pageHeading = 'new\n\nSubscribe\n\nDaily Papers\n\nbyAK and the research community\n\nJan 5\n\n'

export const pageAbstract =
  'We study one thing at length and find that it holds in most of the cases that matter. '.repeat(3)

export const pageFooter = (date: string) => `  • 4 authors\n·\n${date}`

/** A card of the captured page. */
export function pageCard(title: string, footer = pageFooter('May 16, 2025 2'), text = pageAbstract): string {
  return `${title}\n\n${text}\n\n${footer}\n\n`
}

/** An answer of the arXiv API with these entries. */
export function atomFeed(...entries: string[]): string {
  return `<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom" xmlns:arxiv="http://arxiv.org/schemas/atom">${entries.join('')}</feed>`
}

/** An entry of one author whose elements are these instead of the usual; `more` follows them. */
export function atomEntry(fields: Record<string, string> = {}, more = ''): string {
  const all: Record<string, string> = {
    id: 'http://arxiv.org/abs/2401.00001v3',
    title: 'A title',
    summary: 'An abstract.',
    published: '2024-01-01T10:00:00Z',
    updated: '2024-02-03T10:00:00Z',
    ...fields,
  }
  const elements = Object.entries(all).map(([name, value]) => `<${name}>${value}</${name}>`)
  return `<entry>${elements.join('')}<author><name>Ada Lovelace</name></author>${more}</entry>`
}
