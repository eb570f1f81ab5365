import { createRequire } from 'node:module'
import { LRUCache } from 'lru-cache'
import type Temml from 'temml'
import { Html, html } from '../html.ts'

/**
 * Titles and abstracts as they are read: formulas between `$` as MathML, and the LaTeX that sources leave in plain text
 * (`\emph{…}`, `d^{3/2}`, `\%`) as what it means. Whatever else stands there, markup among it, is shown as text.
 */

/** Characters of a text in which anything is looked for; longer ones are shown as they are. */
const longestText = 6_000
/** Characters of a formula; longer ones are shown as they are. */
const longestFormula = 240
/** Formulas of one text. */
const mostFormulas = 60
/** Characters of the MathML of one formula. */
const longestMathml = 8_000

/** `$…$`, `$$…$$`, `\(…\)`, `\[…\]`. A dollar before a digit that no LaTeX follows is money. */
const formula = /\$\$([^$]{1,240})\$\$|\$([^$]{1,240})\$|\\\(([^$]{1,240}?)\\\)|\\\[([^$]{1,240}?)\\\]/g

export function setText(text: string): Html {
  if (text.length > longestText || !/[$\\^_{`]|''/.test(text)) return html`${text}`
  const parts: Html[] = []
  let from = 0
  let formulas = 0
  for (const match of text.matchAll(formula)) {
    if (isMoney(match[0])) continue
    formulas += 1
    const set = formulas > mostFormulas ? undefined : setFormula(match.slice(1).find(Boolean) ?? '')
    if (set === undefined) continue
    parts.push(setWords(text.slice(from, match.index)), set)
    from = match.index + match[0].length
  }
  return html`${parts}${setWords(text.slice(from))}`
}

function isMoney(match: string): boolean {
  return /^\$\d[\d.,]*[^\\^_{}=]*\s\$$/.test(match) || /^\$\s|\s\$$/.test(match)
}

const formulas = new LRUCache<string, { readonly html: Html | undefined }>({ max: 5_000 })

function setFormula(latex: string): Html | undefined {
  const known = formulas.get(latex)
  if (known) return known.html
  const made = { html: latex.length > longestFormula ? undefined : mathml(latex) }
  formulas.set(latex, made)
  return made.html
}

const require = createRequire(import.meta.url)
/** Loaded with the first formula: it is half a megabyte, which few servers need at their start. */
let temml: typeof Temml | undefined

function mathml(latex: string): Html | undefined {
  try {
    temml ??= require('temml') as typeof Temml
    const markup = temml.renderToString(latex, {
      ...{ throwOnError: true, annotate: false, trust: false, macros: {} },
      ...{ maxExpand: 100, maxSize: [4, 40] },
    })
    const clean = onlyMathml(markup)
    return clean !== undefined && clean.length <= longestMathml ? new Html(clean) : undefined
  } catch {
    return undefined
  }
}

const elements = new Set(
  'math mrow mi mo mn ms mtext mspace msub msup msubsup munder mover munderover mfrac msqrt mroot mtable mtr mtd mstyle mpadded mphantom menclose mmultiscripts mprescripts none semantics'.split(
    ' ',
  ),
)
/** What says how to read a formula. Sizes, spaces and colours stay out: they could cover other text. */
const attributes = new Set(
  'mathvariant fence stretchy form separator accent accentunder displaystyle scriptlevel columnalign largeop movablelimits symmetric notation'.split(
    ' ',
  ),
)

/** The MathML without whatever a formula does not need; undefined if an element is none of MathML. */
function onlyMathml(markup: string): string | undefined {
  let isClean = true
  const clean = markup.replace(/<(\/?)([a-z]*)((?:\s[\w-]+="[^"]*")*)\s*(\/?)>|</g, (tag, ...groups) => {
    const [close, name, given = '', empty] = groups as (string | undefined)[]
    if (name === undefined || !elements.has(name)) isClean = false
    if (tag === '<') return ''
    const kept = [...given.matchAll(/\s([\w-]+)="[^"]*"/g)].filter(([, key = '']) => attributes.has(key))
    return `<${close}${name}${kept.map(([attribute]) => attribute).join('')}${empty}>`
  })
  return isClean ? clean : undefined
}

/** Commands that mean one character. */
const characters: Readonly<Record<string, string>> = {
  ...{
    times: '×',
    approx: '≈',
    pm: '±',
    sim: '∼',
    neq: '≠',
    leq: '≤',
    geq: '≥',
    le: '≤',
    ge: '≥',
    cdot: '·',
  },
  ...{ rightarrow: '→', to: '→', infty: '∞', deg: '°', ldots: '…', dots: '…', star: '⋆', dagger: '†' },
  ...{ textgreater: '>', textless: '<', ell: 'ℓ', in: '∈', sqrt: '√', partial: '∂', propto: '∝' },
  ...{
    alpha: 'α',
    beta: 'β',
    gamma: 'γ',
    delta: 'δ',
    epsilon: 'ε',
    lambda: 'λ',
    mu: 'μ',
    pi: 'π',
    sigma: 'σ',
  },
  ...{ tau: 'τ', theta: 'θ', phi: 'φ', omega: 'ω', Delta: 'Δ', Omega: 'Ω', Sigma: 'Σ', eta: 'η', kappa: 'κ' },
}

const fonts: Readonly<Record<string, 'em' | 'strong' | 'code' | 'span'>> = {
  ...{ emph: 'em', textit: 'em', textsl: 'em', textbf: 'strong', texttt: 'code' },
  ...{ textsc: 'span', textrm: 'span', textsf: 'span', text: 'span', mathcal: 'span', mathbf: 'strong' },
}

const words =
  /\\([a-zA-Z]{2,12})\{([^{}\\$]{0,120})\}|\\([a-zA-Z]{2,12})(?![a-zA-Z{])|\\([%&#_$])|([\^_])\{([^{}\\$]{1,24})\}|``|(?<=\S)''/g

function setWords(text: string): Html {
  const parts: (Html | string)[] = []
  let from = 0
  for (const match of text.matchAll(words)) {
    const set = setWord(match)
    if (set === undefined) continue
    parts.push(text.slice(from, match.index), set)
    from = match.index + match[0].length
  }
  return html`${parts}${text.slice(from)}`
}

function setWord([whole, font, styled, command, sign, script, scripted]: RegExpExecArray):
  | Html
  | string
  | undefined {
  if (whole === '``') return '“'
  if (whole === "''") return '”'
  if (sign !== undefined) return sign
  if (command !== undefined) return Object.hasOwn(characters, command) ? characters[command] : undefined
  if (script === '^') return html`<sup>${scripted}</sup>`
  if (script === '_') return html`<sub>${scripted}</sub>`
  if (font === undefined || !Object.hasOwn(fonts, font)) return undefined
  if (fonts[font] === 'em') return html`<em>${styled}</em>`
  if (fonts[font] === 'strong') return html`<strong>${styled}</strong>`
  return fonts[font] === 'code' ? html`<code>${styled}</code>` : html`${styled}`
}
