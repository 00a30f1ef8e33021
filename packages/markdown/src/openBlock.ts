import type { Block } from './nodes.ts'

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
  /**
   * What is finished in it: blocks, the inline nodes of a paragraph, or whole lines of code. Only grows, and is shared
   * with snapshots and copies: never write over it, replace it.
   */
  done: unknown[]
  /** Children that a line on trial finished; unlike `done`, nobody else holds this array. */
  extra: Block[]
  /** The text that became `done`, of a paragraph. */
  front: string
  /** The text after what is `done`. */
  text: string
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
  /**
   * What closing it made of it, and which labels that asked for in vain. Shared with copies: a line on trial closes
   * blocks again and again, and what it made of them holds for the same line and the same definitions.
   */
  readonly result: { at?: string; node?: Block; missing?: ReadonlySet<string> }
}

/** Whether a block takes text as it is. */
export const holdsText = ({ kind }: OpenBlock): boolean =>
  kind === 'code' || kind === 'math' || kind === 'plainText'

/** Whether any block can stand in a block. */
export const holdsBlocks = ({ kind }: OpenBlock): boolean =>
  kind === 'document' ||
  kind === 'blockquote' ||
  kind === 'listItem' ||
  kind === 'footnoteDefinition'
