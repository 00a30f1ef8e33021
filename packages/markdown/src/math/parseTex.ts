/** A node of a formula: a MathML element by name, with its text or its children. */
export interface MathNode {
  readonly name:
    | 'mrow'
    | 'mi'
    | 'mn'
    | 'mo'
    | 'mtext'
    | 'mfrac'
    | 'msqrt'
    | 'mroot'
    | 'msub'
    | 'msup'
    | 'msubsup'
    | 'mtable'
    | 'mtr'
    | 'mtd'
    | 'mover'
    | 'munder'
  readonly text?: string | undefined
  readonly children?: readonly MathNode[] | undefined
}

/** Characters by the names of the commands that stand for them. */
const byName = (names: string): ReadonlyMap<string, string> =>
  new Map(Array.from(names.matchAll(/(\S+) (\S+)/g), ([, name = '', sign = '']) => [name, sign]))

const letters = byName(
  'alpha α beta β gamma γ delta δ epsilon ϵ varepsilon ε zeta ζ eta η theta θ vartheta ϑ iota ι kappa κ lambda λ mu μ nu ν xi ξ pi π rho ρ varrho ϱ sigma σ varsigma ς tau τ upsilon υ phi ϕ varphi φ chi χ psi ψ omega ω Gamma Γ Delta Δ Theta Θ Lambda Λ Xi Ξ Pi Π Sigma Σ Upsilon Υ Phi Φ Psi Ψ Omega Ω infty ∞ partial ∂ nabla ∇ hbar ℏ ell ℓ Re ℜ Im ℑ aleph ℵ emptyset ∅ varnothing ∅ angle ∠ degree ° triangle △ square □ Box □ checkmark ✓ top ⊤ bot ⊥ ldots … dots … dotsc … cdots ⋯ dotsb ⋯ vdots ⋮ ddots ⋱ prime ′',
)
const operators = byName(
  'cdot ⋅ times × div ÷ pm ± mp ∓ ast ∗ star ⋆ circ ∘ bullet • oplus ⊕ otimes ⊗ setminus ∖ le ≤ leq ≤ leqslant ≤ ge ≥ geq ≥ geqslant ≥ lt < gt > ll ≪ gg ≫ ne ≠ neq ≠ approx ≈ equiv ≡ cong ≅ sim ∼ simeq ≃ propto ∝ perp ⊥ parallel ∥ mid | in ∈ notin ∉ ni ∋ subset ⊂ subseteq ⊆ subsetneq ⊊ supset ⊃ supseteq ⊇ cup ∪ cap ∩ bigcup ⋃ bigcap ⋂ to → rightarrow → gets ← leftarrow ← leftrightarrow ↔ longrightarrow ⟶ Rightarrow ⇒ Leftarrow ⇐ Leftrightarrow ⇔ Longrightarrow ⟹ Longleftrightarrow ⟺ iff ⟺ implies ⟹ impliedby ⟸ mapsto ↦ longleftrightarrow ⟷ uparrow ↑ downarrow ↓ nearrow ↗ searrow ↘ hookrightarrow ↪ rightleftharpoons ⇌ forall ∀ exists ∃ nexists ∄ neg ¬ lnot ¬ land ∧ wedge ∧ lor ∨ vee ∨ vdash ⊢ models ⊨ therefore ∴ because ∵ sum ∑ prod ∏ bigoplus ⨁ int ∫ iint ∬ iiint ∭ oint ∮ langle ⟨ rangle ⟩ lfloor ⌊ rfloor ⌋ lceil ⌈ rceil ⌉ vert | lvert | rvert | Vert ‖ lVert ‖ rVert ‖ backslash \\ colon :',
)
const functions =
  /^(?:lim(?:sup|inf)?|max|min|sup|inf|log|ln|lg|exp|(?:arc)?(?:sin|cos|tan)|(?:sin|cos|tan)h|cot|sec|csc|det|dim|ker|deg|gcd|arg|Pr|bmod)$/
const accents = byName(
  'hat ^ widehat ^ bar ¯ overline ¯ vec → overrightarrow → dot ˙ ddot ¨ tilde ~ widetilde ~ overbrace ⏞ underline _ underbrace ⏟',
)
/** What only says how large or where something stands. */
const unseen =
  /^\\(?:displaystyle|textstyle|(?:no)?limits|nonumber|notag|hline|middle|[Bb]igg?[lrm]?|boxed|boldsymbol|bm)$/
const doubleStruck = byName('C ℂ H ℍ N ℕ P ℙ Q ℚ R ℝ Z ℤ')
const signs = byName("- − ' ′")
const fences = byName('pmatrix () bmatrix [] Bmatrix {} vmatrix || Vmatrix ‖‖ cases {')
const deepest = 96

/** Reads the TeX that answers commonly use; a command it does not know stays as it is written. */
export const parseTex = (source: string): MathNode => {
  const tokens = (source.match(/\\[A-Za-z]+|\\.|\d+(?:\.\d+)?|\s+|[^]/gu) ?? []).filter(
    (token) => !unseen.test(token),
  )
  let position = 0
  let depth = 0

  const skipSpace = () => {
    while (/^\s/.test(tokens[position] ?? '')) position++
  }

  const group = (): MathNode => {
    skipSpace()
    if (tokens[position] !== '{') return atom() ?? { name: 'mrow', children: [] }
    position++
    const children = row((token) => token === '}')
    position++
    return { name: 'mrow', children }
  }

  const words = (): string => {
    skipSpace()
    if (tokens[position] !== '{') return tokens[position++] ?? ''
    let text = ''
    for (position++; position < tokens.length && tokens[position] !== '}'; position++)
      text += tokens[position]
    position++
    return text
  }

  const row = (ends: (token: string) => boolean): MathNode[] => {
    const nodes: MathNode[] = []
    if (++depth <= deepest) {
      while (position < tokens.length && !ends(tokens[position] ?? '')) {
        const node = scripted()
        if (node) nodes.push(node)
      }
    } else {
      while (position < tokens.length && !ends(tokens[position] ?? '')) position++
    }
    depth--
    return nodes
  }

  const scripted = (): MathNode | undefined => {
    const base = atom()
    if (!base) return undefined
    let low: MathNode | undefined
    let high: MathNode | undefined
    for (skipSpace(); /^[_^]$/.test(tokens[position] ?? ''); skipSpace()) {
      if (tokens[position++] === '_') low = group()
      else high = group()
    }
    if (low && high) return { name: 'msubsup', children: [base, low, high] }
    if (low) return { name: 'msub', children: [base, low] }
    return high ? { name: 'msup', children: [base, high] } : base
  }

  const table = (): MathNode => {
    const name = words()
    if (name === 'array') words()
    const rows: MathNode[] = []
    let cells: MathNode[] = []
    while (position < tokens.length) {
      const children = row((token) => token === '&' || token === '\\\\' || token === '\\end')
      cells.push({ name: 'mtd', children })
      const end = tokens[position++]
      if (end === '&') continue
      rows.push({ name: 'mtr', children: cells })
      cells = []
      if (end === '\\\\') continue
      words()
      break
    }
    const grid: MathNode = { name: 'mtable', children: rows }
    const fence = fences.get(name)
    return fence ? fenced(fence, grid) : grid
  }

  const fenced = ([before = '', after]: string, inside: MathNode): MathNode => {
    const children: MathNode[] = [{ name: 'mo', text: before }, inside]
    if (after) children.push({ name: 'mo', text: after })
    return { name: 'mrow', children }
  }

  const atom = (): MathNode | undefined => {
    if (depth > deepest) return undefined
    depth++
    const node = readAtom()
    depth--
    return node
  }

  const readAtom = (): MathNode | undefined => {
    skipSpace()
    const token = tokens[position++]
    if (token === undefined) return undefined
    if (token === '{') {
      position--
      return group()
    }
    if (/^\d/.test(token)) return { name: 'mn', text: token }
    if (/^\p{L}/u.test(token)) return { name: 'mi', text: token }
    if (!token.startsWith('\\')) return { name: 'mo', text: signs.get(token) ?? token }
    const command = token.slice(1)
    const letter = letters.get(command)
    if (letter) return { name: 'mi', text: letter }
    const operator = operators.get(command)
    if (operator) return { name: 'mo', text: operator }
    if (functions.test(command)) {
      return { name: 'mo', text: command.replace(/^lim(?=.)/, 'lim\u2009').replace('bmod', 'mod') }
    }
    const accent = accents.get(command)
    if (accent) {
      const name = command.startsWith('under') ? 'munder' : 'mover'
      return { name, children: [group(), { name: 'mo', text: accent }] }
    }
    switch (command) {
      case 'frac':
      case 'dfrac':
      case 'tfrac':
        return { name: 'mfrac', children: [group(), group()] }
      case 'sqrt': {
        skipSpace()
        if (tokens[position] !== '[') return { name: 'msqrt', children: [group()] }
        position++
        const index = row((next) => next === ']')
        position++
        return { name: 'mroot', children: [group(), { name: 'mrow', children: index }] }
      }
      case 'binom':
      case 'dbinom':
      case 'tbinom': {
        const rows = [group(), group()].map((child): MathNode => {
          return { name: 'mtr', children: [{ name: 'mtd', children: [child] }] }
        })
        return fenced('()', { name: 'mtable', children: rows })
      }
      case 'overset':
      case 'stackrel':
      case 'underset': {
        const [mark, base] = [group(), group()]
        return { name: command === 'underset' ? 'munder' : 'mover', children: [base, mark] }
      }
      case 'xrightarrow':
        return { name: 'mover', children: [{ name: 'mo', text: '→' }, group()] }
      case 'pmod': {
        const children: MathNode[] = [{ name: 'mtext', text: 'mod\u2009' }, group()]
        return fenced('()', { name: 'mrow', children })
      }
      case 'tag':
        return { name: 'mtext', text: `\u2003(${words()})` }
      case 'text':
      case 'textrm':
      case 'textbf':
      case 'textit':
      case 'texttt':
      case 'mbox':
      case 'operatorname':
        return { name: 'mtext', text: words() }
      case 'mathrm':
      case 'mathbf':
      case 'mathit':
      case 'mathsf':
      case 'mathcal':
      case 'mathfrak':
        return { name: 'mi', text: words() }
      case 'mathbb':
        return {
          name: 'mi',
          text: words().replace(/[A-Z]/g, (letter) => doubleStruck.get(letter) ?? letter),
        }
      case 'color':
      case 'textcolor':
      case 'label':
      case 'hspace':
        words()
        return atom()
      case 'left':
      case 'right':
        return tokens[position] === '.' ? (position++, atom()) : atom()
      case 'begin':
        return table()
      case ',':
      case ';':
      case ' ':
      case '!':
      case ':':
        return { name: 'mtext', text: '\u2009' }
      case 'quad':
      case 'qquad':
        return { name: 'mtext', text: '\u2003' }
      case '{':
      case '}':
      case '%':
      case '$':
      case '&':
      case '#':
      case '_':
        return { name: 'mo', text: command }
      case '|':
        return { name: 'mo', text: '‖' }
      default:
        return { name: 'mtext', text: token }
    }
  }

  return { name: 'mrow', children: row(() => false) }
}
