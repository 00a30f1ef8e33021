import type { Inline } from './nodes.ts'

/** How formulas are written. `texSyntax` of `@parlance/markdown/math` is one. */
export interface MathSyntax {
  /** Finds a formula inside a line. Without capturing groups. */
  readonly inline: RegExp
  /** Finds half of one at the end of a text that still grows: it waits for the other half. Without capturing groups. */
  readonly half?: RegExp | undefined
  /** Makes a node of what was found. */
  readonly toInline: (found: string) => Inline
  /**
   * Looks at a line without its indentation, which begins with `$` or `\`, for a formula of its own: the text of its first line,
   * and what tells its last line and returns the text of that. Without `close` the formula is complete.
   */
  readonly block: (line: string) =>
    | {
        readonly text: string
        readonly close?: ((line: string) => string | undefined) | undefined
      }
    | undefined
}
