/**
 * Letters and signs beyond ASCII as LaTeX prints them in its default fonts (OT1). One that LaTeX has no command for
 * (Chinese, Cyrillic, emoji) stays in UTF-8, which XeLaTeX and LuaLaTeX print in a font that has it.
 */

/** ASCII signs are other glyphs in OT1 (`<` is an inverted exclamation mark), or mean something to TeX. */
const signs: Readonly<Record<string, string>> = {
  '&': '\\&',
  '%': '\\%',
  '#': '\\#',
  _: '\\_',
  $: '\\$',
  '<': '\\textless{}',
  '>': '\\textgreater{}',
  '|': '\\textbar{}',
  '~': '\\textasciitilde{}',
  '^': '\\textasciicircum{}',
  '\\': '\\textbackslash{}',
  '‐': '-',
  '‑': '-',
  '‒': '--',
  '–': '--',
  '—': '---',
  '―': '---',
  '“': '``',
  '”': "''",
  '‟': '``',
  '„': ',,',
  '‘': '`',
  '’': "'",
  '‚': ',',
  ʼ: "'",
  '…': '\\ldots{}',
  ß: '{\\ss}',
  ø: '{\\o}',
  Ø: '{\\O}',
  æ: '{\\ae}',
  Æ: '{\\AE}',
  œ: '{\\oe}',
  Œ: '{\\OE}',
  ł: '{\\l}',
  Ł: '{\\L}',
  ı: '{\\i}',
  ȷ: '{\\j}',
  đ: '{\\dj}',
  Đ: '{\\DJ}',
  ð: '{\\dh}',
  Ð: '{\\DH}',
  þ: '{\\th}',
  Þ: '{\\TH}',
  ŋ: '{\\ng}',
  Ŋ: '{\\NG}',
  '°': '{\\textdegree}',
  '§': '{\\S}',
  '¶': '{\\P}',
  '†': '{\\dag}',
  '‡': '{\\ddag}',
  '•': '{\\textbullet}',
  '·': '{\\textperiodcentered}',
  '€': '{\\texteuro}',
  '£': '{\\pounds}',
  '©': '{\\copyright}',
  '®': '{\\textregistered}',
  '™': '{\\texttrademark}',
  '¡': '{\\textexclamdown}',
  '¿': '{\\textquestiondown}',
}

/** Signs that LaTeX has in formulas, with the name of the command. */
const symbols: Readonly<Record<string, string>> = Object.fromEntries(
  `− - × times ÷ div ± pm ∓ mp ∗ ast ⋆ star ★ star ∘ circ ∙ bullet ⋅ cdot ⋯ cdots ¬ neg ≤ leq ≥ geq ≦ leq ≧ geq ⩽ leqslant
  ⩾ geqslant ≪ ll ≫ gg « ll » gg ‹ langle › rangle ≲ lesssim ≳ gtrsim ≠ neq ≡ equiv ∼ sim ≃ simeq ≈ approx ≅ cong ∝ propto
  ≺ prec ≻ succ ⊂ subset ⊃ supset ⊆ subseteq ⊇ supseteq ∈ in ∋ ni ∉ notin ∣ mid ∥ parallel ⊥ perp ⊢ vdash ⊨ models → to
  ← leftarrow ↔ leftrightarrow ⇒ Rightarrow ⇐ Leftarrow ⇔ Leftrightarrow ⟶ longrightarrow ⟵ longleftarrow ↦ mapsto
  ⟹ Longrightarrow ↑ uparrow ↓ downarrow ↗ nearrow ↘ searrow ↪ hookrightarrow ∀ forall ∃ exists ∄ nexists ∅ emptyset
  ∞ infty ∂ partial ∇ nabla ∆ Delta ℏ hbar ℓ ell ℜ Re ℑ Im ℘ wp ℵ aleph ∠ angle △ triangle □ Box ◇ Diamond ⊤ top
  ′ ' ″ '' ♭ flat ♮ natural ♯ sharp ♣ clubsuit ♦ diamondsuit ♥ heartsuit ♠ spadesuit ✓ checkmark ∑ sum ∏ prod ∐ coprod
  ∫ int ∬ iint ∮ oint ∪ cup ∩ cap ⊎ uplus ⊓ sqcap ⊔ sqcup ∨ vee ∧ wedge ⊕ oplus ⊖ ominus ⊗ otimes ⊘ oslash ⊙ odot
  ⟨ langle ⟩ rangle 〈 langle 〉 rangle ⌈ lceil ⌉ rceil ⌊ lfloor ⌋ rfloor ‖ Vert √ surd ϵ epsilon ϕ phi ϑ vartheta ϱ varrho
  ϖ varpi ℂ mathbb{C} ℕ mathbb{N} ℙ mathbb{P} ℚ mathbb{Q} ℝ mathbb{R} ℤ mathbb{Z}`
    .trim()
    .split(/\s+/)
    .flatMap((sign, index, all) => (index % 2 === 0 ? [[sign, all[index + 1] ?? '']] : [])),
)

const greekNames =
  'alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi - pi rho varsigma sigma tau upsilon phi chi psi omega'

/** `\\mu`; undefined for letters that LaTeX has no command for, as they look like Latin ones. */
function greek(letter: string): string | undefined {
  if (letter.length > 1) return undefined // with a mark on it
  const small = letter.toLowerCase()
  const name = greekNames.split(' ')[(small.codePointAt(0) ?? 0) - 0x3b1]
  if (name === undefined || name === '-') return undefined
  if (letter === small) return `\\${name}`
  const capital = /^(gamma|delta|theta|lambda|xi|pi|sigma|upsilon|phi|psi|omega)$/.test(name)
  return capital ? `\\${name.slice(0, 1).toUpperCase()}${name.slice(1)}` : undefined
}

/** The command of a formula that prints a letter or sign. */
function symbol(letter: string): string | undefined {
  const name = symbols[letter]
  return name === undefined || /^[a-z]/i.test(name) === false ? name : `\\${name}`
}

/** Combining marks and the commands that set them. */
const accents: Readonly<Record<string, string>> = {
  '\u0300': '`',
  '\u0301': "'",
  '\u0302': '^',
  '\u0303': '~',
  '\u0304': '=',
  '\u0306': 'u',
  '\u0307': '.',
  '\u0308': '"',
  '\u030a': 'r',
  '\u030b': 'H',
  '\u030c': 'v',
  '\u0323': 'd',
  '\u0326': 'textcommabelow',
  '\u0327': 'c',
  '\u0328': 'k',
  '\u0331': 'b',
}

const raised = /^[\u{b2}\u{b3}\u{b9}\u{2070}-\u{207e}]$/u
const lowered = /^[\u{2080}-\u{208e}]$/u

/** A letter or sign in text. */
export function letterInText(letter: string): string {
  if (/[A-Za-z0-9 ]/.test(letter) && letter.length === 1) return letter
  const known = signs[letter]
  if (known !== undefined) return known
  const command = greek(letter) ?? symbol(letter)
  if (command !== undefined) return `$${command}$`
  const plain = letter.normalize('NFKC').replace('\u2044', '/')
  if (raised.test(letter) || lowered.test(letter)) return `$${letterInFormula(letter).slice(2)}$`
  // Full-width letters, ligatures, Roman numbers, the letters of formulas: as the letters that they stand for.
  if (plain !== letter && /^[\x20-\x7e]+$|^\p{Script=Greek}$/u.test(plain))
    return [...plain].map(letterInText).join('')
  return accented(letter) ?? letter
}

/** A letter or sign in a formula. */
export function letterInFormula(letter: string): string {
  if (/^[%#&$]$/.test(letter)) return `\\${letter}`
  if (letter === '\\') return '\\backslash{}'
  if (letter === '"') return "''"
  if (/^[\x20-\x7e]$/.test(letter)) return letter
  const command = greek(letter)
  if (command !== undefined) return `{${command}}`
  const sign = symbol(letter)
  if (sign !== undefined) return /[a-z]$/i.test(sign) ? `${sign}{}` : sign
  const plain = letter.normalize('NFKC').replace('\u2044', '/')
  if (raised.test(letter)) return `{}^{${plain.replaceAll('\u2212', '-')}}`
  if (lowered.test(letter)) return `{}_{${plain.replaceAll('\u2212', '-')}}`
  if (plain !== letter && /^[\x20-\x7e]+$|^\p{Script=Greek}$/u.test(plain))
    return [...plain].map(letterInFormula).join('')
  return `{\\mbox{${letterInText(letter)}}}`
}

/** A Latin letter with its accents; undefined if LaTeX cannot set one of them. */
function accented(letter: string): string | undefined {
  const [base = '', ...marks] = [...letter.normalize('NFD')]
  const commands = marks.map((mark) => accents[mark])
  if (!/^[A-Za-z]$/.test(base) || commands.length === 0 || commands.includes(undefined)) return undefined
  const set = commands.reduce<string>((inner, command, place) => {
    const what = place > 0 ? `{${inner}}` : /[a-z]/i.test(command ?? '') ? ` ${inner}` : inner
    return `\\${command}${what}`
  }, base)
  return `{${set}}`
}
