/** The names of the months in the languages in which people save pages, by month. */
const names: readonly (readonly string[])[] = [
  'january janvier januar jaenner janner enero gennaio janeiro',
  'february fevrier februar febrero febbraio fevereiro',
  'march mars marz maerz mrz marzo marco',
  'april avril abril aprile',
  'may mai mayo maggio maio',
  'june juin juni junio giugno junho',
  'july juillet juli julio luglio julho',
  'august aout agosto',
  'september septembre septiembre setiembre settembre setembro',
  'october octobre oktober octubre ottobre outubro',
  'november novembre noviembre novembro',
  'december decembre dezember diciembre dicembre dezembro',
].map((line) => line.split(' '))

/** The first three letters at least, as a language abbreviates a month. */
const shortest = 3

/** 1 to 12 for "Jan", "Sept", "August", "août" or "März"; undefined for other words, and for "jui", which may be two. */
export function monthOf(word: string): number | undefined {
  return monthIn(word, (month) => month)
}

/** The same for English names alone. */
export function englishMonthOf(word: string): number | undefined {
  return monthIn(word, (month) => month.slice(0, 1))
}

function monthIn(word: string, named: (month: readonly string[]) => readonly string[]): number | undefined {
  const start = word.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()
  if (start.length < shortest) return undefined
  const found = names.flatMap((month, index) =>
    named(month).some((name) => name.startsWith(start)) ? [index + 1] : [],
  )
  return found.length === 1 ? found[0] : undefined
}
