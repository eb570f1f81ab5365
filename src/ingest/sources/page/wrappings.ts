/** Of a capture in a reply to a mail, each line is quoted. */
export function withoutQuoteMarks(text: string): string {
  return /^(?![^\S\r\n]*(?:>|$))/m.test(text) ? text : text.replace(/^[^\S\r\n]*(?:>[^\S\r\n]?)+/gm, '')
}

/** pandoc keeps classes of HTML: fences of `:::`, and attributes in braces behind links, spans and headings. */
export function withoutAttributes(text: string): string {
  if (!/^:{3,}/m.test(text)) return text
  return text
    .replace(/^[^\S\r\n]*:{3,}.*$/gm, '<!-- -->')
    .replace(
      /([\])])\{([^{}]{0,4000})\}/g,
      (_, mark: string, inner: string) => mark + inner.replace(/[^\n]/g, ''),
    )
    .replace(/ \{#[^{}\n]{0,300}\}$/gm, '')
    .replace(/(?<![!\\])\[([^[\]\n]{0,300})\](?![([])/g, '$1')
}

/** An address of Hugging Face on a line of its own is where the line before it leads, or the end of an abstract. */
export function isAddress(written: string, afterBlank: boolean): boolean {
  if (written.length >= 300 || !bareAddress.test(written)) return false
  return afterBlank || /\.co\/(?:papers|login)\b/.test(written)
}

const bareAddress = /^<?https:\/\/(?:huggingface\.co|hf\.co)(?:\/(?:papers\/\S*|login\S*|[\w.-]*))?\/?>?$/
