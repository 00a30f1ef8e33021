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
  readonly text?: string | undefined
  readonly children?: readonly MathNode[] | undefined
}

const letters: Record<string, string> = Object.fromEntries(
  'alpha α beta β gamma γ delta δ epsilon ϵ varepsilon ε zeta ζ eta η theta θ iota ι kappa κ lambda λ mu μ nu ν xi ξ pi π rho ρ sigma σ tau τ upsilon υ phi ϕ varphi φ chi χ psi ψ omega ω Gamma Γ Delta Δ Theta Θ Lambda Λ Xi Ξ Pi Π Sigma Σ Phi Φ Psi Ψ Omega Ω infty ∞ partial ∂ nabla ∇ hbar ℏ ell ℓ emptyset ∅ ldots … dots … cdots ⋯ vdots ⋮ prime ′'
    .split(' ')
    .flatMap((word, index, all) => (index % 2 === 0 ? [[word, all[index + 1] ?? '']] : [])),
)
const operators: Record<string, string> = Object.fromEntries(
  'cdot ⋅ times × div ÷ pm ± mp ∓ le ≤ leq ≤ ge ≥ geq ≥ ne ≠ neq ≠ approx ≈ equiv ≡ sim ∼ propto ∝ in ∈ notin ∉ subset ⊂ subseteq ⊆ supset ⊃ cup ∪ cap ∩ to → rightarrow → leftarrow ← Rightarrow ⇒ Leftarrow ⇐ iff ⇔ implies ⟹ mapsto ↦ forall ∀ exists ∃ neg ¬ land ∧ lor ∨ sum ∑ prod ∏ int ∫ oint ∮ lim lim max max min min log log ln ln sin sin cos cos tan tan exp exp det det langle ⟨ rangle ⟩ lfloor ⌊ rfloor ⌋ lceil ⌈ rceil ⌉ mid | circ ∘ star ⋆ oplus ⊕ otimes ⊗ quad \u2003 qquad \u2003\u2003'
    .split(' ')
    .flatMap((word, index, all) => (index % 2 === 0 ? [[word, all[index + 1] ?? '']] : [])),
)
const accents: Record<string, string> = {
  hat: '^',
  bar: '¯',
  overline: '¯',
  vec: '→',
  dot: '˙',
  tilde: '~',
}
const deepest = 96

/** Reads the TeX that answers commonly use; a command it does not know stays as it is written. */
export const parseTex = (source: string): MathNode => {
  const tokens = source.match(/\\[A-Za-z]+|\\.|\d+(?:\.\d+)?|\s+|[^]/gu) ?? []
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
    const fence = { pmatrix: '()', bmatrix: '[]', vmatrix: '||', cases: '{' }[name]
    if (!fence) return grid
    return {
      name: 'mrow',
      children: fence
        .split('')
        .toSpliced(1, 0, '')
        .map((mark) => (mark ? { name: 'mo', text: mark } : grid)),
    }
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
    if (!token.startsWith('\\')) return { name: 'mo', text: token === '-' ? '−' : token }
    const command = token.slice(1)
    const letter = letters[command]
    if (letter) return { name: 'mi', text: letter }
    const operator = operators[command]
    if (operator) return { name: 'mo', text: operator }
    const accent = accents[command]
    if (accent) return { name: 'mover', children: [group(), { name: 'mo', text: accent }] }
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
      case 'text':
      case 'textrm':
      case 'textbf':
      case 'operatorname':
        return { name: 'mtext', text: words() }
      case 'mathrm':
      case 'mathbf':
      case 'mathbb':
      case 'mathcal':
        return { name: 'mi', text: words() }
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
      case '{':
      case '}':
      case '%':
      case '$':
      case '&':
      case '#':
      case '_':
      case '|':
        return { name: 'mo', text: command }
      default:
        return { name: 'mtext', text: token }
    }
  }

  return { name: 'mrow', children: row(() => false) }
}
