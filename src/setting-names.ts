/**
 * Variables that look like a setting that was misspelt, e.g. POLL_MINUTE for POLL_MINUTES, each with that setting. Only
 * names in capitals that are close to one: an environment has many others.
 */
export function similarNames(
  given: readonly string[],
  known: readonly string[],
): { readonly name: string; readonly meant: string }[] {
  const others = given.filter((name) => /^[A-Z][A-Z\d_]{3,}$/.test(name) && !known.includes(name))
  return others.flatMap((name) => {
    const meant = known.find((setting) => distance(name, setting) <= (setting.length > 7 ? 2 : 1))
    return meant === undefined ? [] : [{ name, meant }]
  })
}

/** Letters to add, remove, change or swap with their neighbour (Damerau and Levenshtein, restricted); 3 for more than 2. */
function distance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 2 || lettersOnlyIn(a, b) > 2) return 3
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, column) => column)]
  const at = (row: number, column: number) => rows[row]?.[column] ?? Number.POSITIVE_INFINITY
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    rows.push(row)
    for (let j = 1; j <= b.length; j++) {
      const isSame = a[i - 1] === b[j - 1]
      const swapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      row[j] = Math.min(
        at(i - 1, j) + 1,
        at(i, j - 1) + 1,
        at(i - 1, j - 1) + (isSame ? 0 : 1),
        swapped ? at(i - 2, j - 2) + 1 : Number.POSITIVE_INFINITY,
      )
    }
  }
  return Math.min(3, at(a.length, b.length))
}

/** Each of them has to be removed or changed. It tells nearly all names apart, in a tenth of the time. */
function lettersOnlyIn(a: string, b: string): number {
  let amount = 0
  for (const letter of a) if (!b.includes(letter)) amount += 1
  return amount
}
