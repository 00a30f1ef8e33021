import type { MathSyntax } from '../mathSyntax.ts'

const dollars = /\$\$[^$]+\$\$|\$(?![\s$])(?:[^$\\\n`]|\\.)*[^\s$\\`]\$(?!\d)/
// Neither of the two may stand inside itself, or many openers would each search the whole text for their end.
const brackets =
  /\\\((?=\s*[^\s\\]|\s*\\[^)])(?:[^\\]|\\[^()])+\\\)|\\\[(?=\s*[^\s\\]|\s*\\[^\]])(?:[^\\]|\\[^[\]])+\\\]/

// A dollar sign before a digit is more often a price than half a formula.
const half = /\$(?:(?![\s\d$])[^$\n`]{0,100}|\$[^$]{0,200}\$?)$|\\[([][^]{0,200}$/

/** TeX between `$`, `$$`, `\( \)` and `\[ \]`: the option `math` of the parser. */
export const texSyntax: MathSyntax = {
  inline: new RegExp(`${dollars.source}|${brackets.source}`),
  half,
  toInline: (found) => ({
    type: 'inlineMath',
    value: found.replace(/^(?:\$\$?|\\.)|(?:\$\$?|\\.)$/g, '').trim(),
  }),
  block: (line) => {
    const close = line.startsWith('$$') ? '$$' : line.startsWith('\\[') ? '\\]' : undefined
    if (!close) return undefined
    const rest = line.slice(2).trim()
    const at = rest.indexOf(close)
    if (at < 0) {
      return {
        text: rest,
        close: (last) => {
          const whole = last.trimEnd()
          return whole.endsWith(close) ? whole.slice(0, -2).trim() : undefined
        },
      }
    }
    // An end inside the line makes it a formula of that line.
    return at < rest.length - 2 ? undefined : { text: rest.slice(0, at).trim() }
  },
}
