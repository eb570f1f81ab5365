/** Folds line breaks and runs of white space to one space each, and composes accents (NFC). */
export function foldSpace(text: string): string {
  // A lone space stays as it is: matching those too, only to put them back, takes three times as long.
  return text
    .normalize('NFC')
    .replace(/[^\S ]\s*| \s+/gu, ' ')
    .trim()
}

/**
 * The part of a title that survives another type-setting: letters and digits, lower case, compatibility forms
 * folded. `$μ$LO: A Study` and `μLO — a study` have one key. A title of signs alone is its own key.
 */
export function titleKey(title: string): string {
  const key = title
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
  return key || foldSpace(title)
}

/** Under which a keyword is known, however a source spells it. */
export function keywordKey(keyword: string): string {
  return foldSpace(keyword.normalize('NFKC')).toLowerCase()
}
