import { withoutHidden } from './hidden-characters.ts'

/**
 * The one form of a text, of all sources and of what is searched: without hidden characters, line breaks and runs of
 * white space folded to one space each, accents composed (NFC).
 */
export function foldSpace(text: string): string {
  // A lone space stays as it is: matching those too, only to put them back, takes three times as long.
  return withoutHidden(text)
    .normalize('NFC')
    .replace(/[^\S ]\s*| \s+/gu, ' ')
    .trim()
}

/**
 * The part of a title that survives another type-setting: letters and digits, lower case, compatibility forms
 * folded, and hidden characters out of it. `$μ$LO: A Study` and `μLO — a study` have one key. A title of signs alone is
 * its own key.
 */
export function titleKey(title: string): string {
  const key = withoutHidden(title)
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
  return key || foldSpace(title)
}

/** Under which a keyword is known, however a source spells it. Folding by NFKC makes letters of some hidden characters. */
export function keywordKey(keyword: string): string {
  return foldSpace(withoutHidden(keyword).normalize('NFKC')).toLowerCase()
}

/**
 * What people type into a search, as Postgres reads it: quotes and minus signs as phones and word processors set
 * them become the plain ones, and marks that nobody sees, pasted along, go.
 */
export function foldTyped(text: string): string {
  const plain = withoutHidden(text)
    .replace(/[“”„‟«»＂]/gu, '"')
    .replace(/[‘’]/gu, "'")
    .replace(/(^|\s)[−–—](?=\S)/gu, '$1-')
  return foldSpace(plain)
}
