import type { Align, Block, Inline } from './nodes.ts'

/** What can be open. */
export type Kind =
  | 'document'
  | 'blockquote'
  | 'list'
  | 'listItem'
  | 'footnoteDefinition'
  | 'paragraph'
  | 'code'
  | 'math'
  | 'table'
  | 'plainText'

/** A block that can still take lines. */
export interface OpenBlock {
  readonly kind: Kind
  readonly key: number
  start: number
  end: number
  /** Finished children. Only grows, and is shared with snapshots: never write over it, replace it. */
  done: Block[]
  /** Children that a line on trial finished; unlike `done`, nobody else holds this array. */
  extra: Block[]
  /** It had a child, be it one that left nothing, such as a definition. */
  filled: boolean
  /** Its last line was blank. */
  blank: boolean
  /** The lines of a paragraph, or of code after its pieces. */
  text: string
  /** Whole lines of code. As with `done`, only grows. */
  readonly pieces: string[]
  /** What a view of the open paragraph has settled. Shared with copies of the block. */
  readonly settled: Settled
  /** The part of `text` after the settled one, where it is known. */
  tail: string | undefined
  /** Marker of a list, character of a fence ('' for indented code), label of a footnote. */
  marker: string
  /** Columns before the content of an item or a fence; the first number of a list. */
  indent: number
  /** Length of a fence; number of a footnote. */
  size: number
  ordered: boolean
  loose: boolean
  checked: boolean | undefined
  info: string
  align: readonly Align[]
}

/** What an open paragraph has settled, and what closing it on trial made of it. */
export interface Settled {
  /** So much of the text has become `nodes` for good. */
  length: number
  readonly nodes: Inline[]
  /** What closing the block on trial made of it: the same object serves when the line is complete. */
  closed?: Closed | undefined
}

/** A block that was closed on trial. */
export interface Closed {
  readonly stamp: string
  readonly last: Block | undefined
  readonly node: Block
  readonly missing: ReadonlySet<string> | undefined
}
