/**
 * The LaTeX commands that an export lets through; any other becomes text, so that a title cannot read files, run
 * programs or redefine anything. Everything here is defined by LaTeX itself, or by amsmath and amssymb.
 */

const words = (list: string) => list.trim().split(/\s+/)

/** Of text and of formulas. A backslash and one of these signs prints the sign. */
export const escapedSigns: ReadonlySet<string> = new Set(words('& % # _ $ { }'))

/** Of text: a backslash and one of these sets an accent on what follows. The letters among them are `accentWords`. */
export const accentSigns: ReadonlySet<string> = new Set(words('` \' ^ " ~ = .'))
const accentWords = words('u v H t c d b r k')

/** Spaces, of text and of formulas; a hyphenation point and an italic correction, of text. */
export const spaceSigns: ReadonlySet<string> = new Set([' ', ',', '/', '-'])
/** Spaces and a norm, of formulas. */
export const formulaSigns: ReadonlySet<string> = new Set([' ', ',', ';', ':', '!', '>', '|'])

const fonts = words(
  'textbf textit textrm textsf texttt textsc textsl textup textmd textnormal emph underline mbox textsuperscript textsubscript',
)

/** Of text. */
export const textWords: ReadonlySet<string> = new Set([
  ...accentWords,
  ...fonts,
  ...words(
    'ss o O l L i j ae AE oe OE aa AA dh DH dj DJ ng NG th TH SS S P dag ddag pounds copyright TeX LaTeX',
  ),
  ...words(
    'bf it rm sf tt sc sl em bfseries itshape rmfamily sffamily ttfamily scshape slshape upshape mdseries',
  ),
  ...words(
    'dots ldots slash quad qquad textbackslash textasciitilde textasciicircum textless textgreater textbar',
  ),
  ...words('textbraceleft textbraceright textdegree textregistered texttrademark textcopyright textellipsis'),
  ...words(
    'textendash textemdash textquoteleft textquoteright textquotedblleft textquotedblright textunderscore',
  ),
  ...words(
    'textdollar textsection textparagraph textdagger textdaggerdbl textbullet textperiodcentered texteuro',
  ),
  ...words('textmu textpm texttimes textdiv textexclamdown textquestiondown textvisiblespace'),
])

/** Of formulas, each followed by its argument. */
const formulaArguments = words(`
  mathbf mathcal mathbb mathfrak mathrm mathit mathsf mathtt mathscr mathnormal boldsymbol operatorname text
  hat widehat tilde widetilde bar overline underline vec dot ddot check breve acute grave mathring overrightarrow
  overleftarrow underbrace overbrace sqrt pmod frac dfrac tfrac binom stackrel overset underset`)

/** Of formulas, complete by themselves: they may stand in text too, where they become a formula. */
const formulaSymbols = words(`
  alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi pi varpi rho varrho
  sigma varsigma tau upsilon phi varphi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega
  times div pm mp cdot ast star circ bullet cap cup uplus sqcap sqcup vee lor wedge land setminus oplus ominus otimes
  oslash odot dagger ddagger le leq ge geq ll gg lesssim gtrsim leqslant geqslant ne neq equiv sim simeq approx cong
  doteq propto prec succ preceq succeq subset supset subseteq supseteq subsetneq supsetneq in ni notin mid nmid parallel
  perp vdash models triangleq to gets mapsto leftarrow rightarrow leftrightarrow Leftarrow Rightarrow Leftrightarrow
  longrightarrow longleftarrow Longrightarrow longmapsto uparrow downarrow updownarrow nearrow searrow hookrightarrow
  implies iff rightsquigarrow leadsto forall exists nexists neg lnot emptyset varnothing infty partial nabla hbar ell Re
  Im wp imath jmath aleph angle triangle square Box Diamond top bot prime sharp flat natural clubsuit diamondsuit
  heartsuit spadesuit checkmark sum prod coprod int iint oint bigcup bigcap bigoplus bigotimes bigvee bigwedge
  ldots cdots vdots ddots dots dotsc dotsb colon backslash vert Vert lvert rvert lVert rVert langle rangle lceil rceil
  lfloor rfloor lbrace rbrace lbrack rbrack arccos arcsin arctan arg cos cosh cot coth csc deg det dim exp gcd hom inf
  ker lg lim liminf limsup ln log max min Pr sec sin sinh sup tan tanh bmod quad qquad`)

/** Of formulas, each followed by a bracket or the like. */
const sizes = words('left right big Big bigg Bigg bigl bigr Bigl Bigr biggl biggr Biggl Biggr')
export const sizeWords: ReadonlySet<string> = new Set(sizes)
/** What may follow them. */
export const delimiterWords: ReadonlySet<string> = new Set([
  ...words('{ } | lbrace rbrace lbrack rbrack langle rangle lceil rceil lfloor rfloor'),
  ...words('vert Vert lvert rvert lVert rVert backslash uparrow downarrow updownarrow'),
])

const formulaSwitches = words('displaystyle textstyle scriptstyle not rm bf it')

/** Commands of packages, and those of LaTeX that do the same. */
export const sameAs: ReadonlyMap<string, string> = new Map([
  ['bm', 'boldsymbol'],
  ['mathds', 'mathbb'],
])

export const symbolWords: ReadonlySet<string> = new Set(formulaSymbols)
export const formulaWords: ReadonlySet<string> = new Set([
  ...formulaSymbols,
  ...formulaArguments,
  ...formulaSwitches,
  ...sizes,
  ...fonts,
])

/** Of formulas, with text for an argument. */
export const textInFormula: ReadonlySet<string> = new Set([
  ...fonts.filter((name) => name !== 'underline'),
  'text',
  'operatorname',
])

/** How many arguments a command cannot do without, so that none takes the end of its field for one. */
export function argumentsOf(command: string): number {
  if (/^(frac|dfrac|tfrac|binom|stackrel|overset|underset)$/.test(command)) return 2
  return accentSigns.has(command) || withArgument.has(command) ? 1 : 0
}
const withArgument = new Set([...accentWords, ...fonts, ...formulaArguments])
