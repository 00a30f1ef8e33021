import type { Block } from './nodes.ts'
import type { Parts } from './parts.ts'

/** What can be open. */
export type Kind = 'document' | Exclude<Block['type'], 'tableRow' | 'tableCell'>

/** A block that can still take lines. */
export interface OpenBlock {
  readonly kind: Kind
  readonly key: number
  readonly start: number
  end: number
  /** What its node says of itself besides its content. Shared with copies: never write into it, replace it. */
  fields?: { readonly [name: string]: unknown } | undefined
  /** What is finished in it: blocks, the inline nodes of a paragraph, or whole lines of code; and how many of them. */
  done: Parts
  count: number
  /** The text that became `done`, of a paragraph or code. */
  front: string
  /** The text after what is `done`. */
  text: string
  /** Blank lines after the text, which belong to code only when more of it follows. */
  gap: string
  /** It had a child or a line, be it one that left nothing, such as a definition. */
  filled?: boolean
  /** Its last line was blank. */
  blank?: boolean
  /** Where its last line begins, after markers and white space. */
  lastLine: number
  /** Marker of a list. */
  marker?: string
  /** Columns before the content of an item or a fence. */
  indent: number
  /** Whether a line with so many columns of indentation is the last one of a fence or formula: then what of it belongs to the text. */
  readonly close?: ((words: string, indent: number) => string | undefined) | undefined
  /** It ends with the line. */
  closed?: boolean
}

/** Whether the content of a block is text. */
export const holdsText = ({ kind }: OpenBlock): boolean => /code|math|plainText/.test(kind)

/** Whether the content of a block is inline nodes. */
export const holdsWords = ({ kind }: OpenBlock): boolean => /paragraph|heading/.test(kind)

/** Whether any block can stand in a block. */
export const holdsBlocks = ({ kind }: OpenBlock): boolean =>
  /document|blockquote|listItem|footnote/.test(kind)
