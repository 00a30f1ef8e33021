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
])('reads %s', (tex, tree) => {
  expect(write(parseTex(tex))).toBe(tree)
})

it('survives nests without end', () => {
  expect(() => parseTex('{'.repeat(50_000))).not.toThrow()
  expect(() => parseTex('\\frac'.repeat(50_000))).not.toThrow()
})
