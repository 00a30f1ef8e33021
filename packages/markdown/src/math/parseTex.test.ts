import { expect, it } from 'vitest'
import { parseTex, type MathNode } from './parseTex.ts'

const write = ({ name, text, children }: MathNode): string =>
  `${name}(${text ?? children?.map(write).join(' ') ?? ''})`

it.each([
  ['x^2', 'mrow(msup(mi(x) mn(2)))'],
  ['\\frac{a}{b_1}', 'mrow(mfrac(mrow(mi(a)) mrow(msub(mi(b) mn(1)))))'],
  ['\\sqrt[3]{x}', 'mrow(mroot(mrow(mi(x)) mrow(mn(3))))'],
  ['\\sum_{i=1}^n \\alpha', 'mrow(msubsup(mo(∑) mrow(mi(i) mo(=) mn(1)) mi(n)) mi(α))'],
  ['\\text{if } x', 'mrow(mtext(if ) mi(x))'],
  ['\\unknown{x}', 'mrow(mtext(\\unknown) mrow(mi(x)))'],
  [
    '\\begin{pmatrix}1&2\\\\3&4\\end{pmatrix}',
    'mrow(mrow(mo(() mtable(mtr(mtd(mn(1)) mtd(mn(2))) mtr(mtd(mn(3)) mtd(mn(4)))) mo())))',
  ],
  ['\\frac{a', 'mrow(mfrac(mrow(mi(a)) mrow()))'],
  ["f'(x)\\iff a\\lt b", 'mrow(mi(f) mo(′) mo(() mi(x) mo()) mo(⟺) mi(a) mo(<) mi(b))'],
  ['\\boxed{4}', 'mrow(mrow(mn(4)))'],
  ['\\sum\\limits_{i}\\displaystyle x', 'mrow(msub(mo(∑) mrow(mi(i))) mi(x))'],
  ['\\bigl(\\mathbb{R}\\Bigr)', 'mrow(mo(() mi(ℝ) mo()))'],
  ['\\binom nk', 'mrow(mrow(mo(() mtable(mtr(mtd(mi(n))) mtr(mtd(mi(k)))) mo())))'],
  ['\\underbrace{x}_n', 'mrow(msub(munder(mrow(mi(x)) mo(⏟)) mi(n)))'],
  ['a\\overset{!}{=}b', 'mrow(mi(a) mover(mrow(mo(=)) mrow(mo(!))) mi(b))'],
  ['a\\equiv b\\pmod n', 'mrow(mi(a) mo(≡) mi(b) mrow(mo(() mrow(mtext(mod\u2009) mi(n)) mo())))'],
  ['\\limsup\\textcolor{red}{x}', 'mrow(mo(lim\u2009sup) mrow(mi(x)))'],
  ['\\begin{constructor}a\\end{constructor}', 'mrow(mtable(mtr(mtd(mi(a)))))'],
  ['\\toString', 'mrow(mtext(\\toString))'],
])('reads %s', (tex, tree) => {
  expect(write(parseTex(tex))).toBe(tree)
})

it('survives nests without end', () => {
  expect(() => parseTex('{'.repeat(50_000))).not.toThrow()
  expect(() => parseTex('\\frac'.repeat(50_000))).not.toThrow()
})
