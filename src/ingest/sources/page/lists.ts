import { digits } from './dates.ts'
import type { PlainLine } from './text.ts'

/** What stands before an item of a list: a sign, whichever it is, or a number. */
export const bullet = String.raw`(?:[•∙●·]\s?|[^\p{L}\p{N}\s\[\]]{1,2}\s|o\s|\d{1,2}[.)]\s|&(?:bull|middot);\s?)`
export const authors = new RegExp(`^${bullet}?(${digits}) ?authors?$`, 'iu')
/** "• authors", "• several authors", and "• 6 aut" where a file was cut. */
export const authorsWithoutCount = new RegExp(
  String.raw`^(?:[•∙●](?: ?[\d,]+| ?(?:\S{1,12} )?(?:a|au|aut|auth|autho|author|authors))|${bullet}(?:\S{1,12} )?authors?)$`,
  'iu',
)

/** What text browsers and converters write in the place of a picture: its text in brackets, or the mark of its list alone. */
const picture = new RegExp(
  String.raw`^(?:${bullet}(?:\[[^\[\]]{0,60}\] ?)+|(?:\[[ xX]?\] ?)+|(?:\[[^\[\]]{0,60}\]){2,})$`,
  'u',
)
const pictureAlone = /^\[[^[\]{}"]{0,60}\]$/
const markAlone = /^[-–—*+◦‣▪▸○o•∙●]$/

/** Before the number of authors stand their pictures. */
export function withoutPictures(plain: readonly PlainLine[]): PlainLine[] {
  const lines: PlainLine[] = []
  let pictures: PlainLine[] = []
  for (const [index, line] of plain.entries()) {
    const isParagraph = line.afterBlank && plain[index + 1]?.afterBlank !== false
    if (picture.test(line.text) || (isParagraph && pictureAlone.test(line.text))) continue
    if (markAlone.test(line.text)) {
      pictures.push(line)
      continue
    }
    if (!authors.test(line.text) && !authorsWithoutCount.test(line.text)) lines.push(...pictures)
    pictures = []
    lines.push(line)
  }
  return [...lines, ...pictures]
}
