/** Plain characters; a soft line break is a `\n` inside `value`. */
export interface Text {
  readonly type: 'text'
  readonly value: string
}

/** A code span, without its backticks. */
export interface InlineCode {
  readonly type: 'inlineCode'
  readonly value: string
}

/** TeX between dollar signs or `\( \)`; found only with the parser option `math`. */
export interface InlineMath {
  readonly type: 'inlineMath'
  readonly value: string
}

/** `*text*` or `_text_`. */
export interface Emphasis {
  readonly type: 'emphasis'
  readonly children: readonly Inline[]
}

/** `**text**` or `__text__`. */
export interface Strong {
  readonly type: 'strong'
  readonly children: readonly Inline[]
}

/** `~~text~~` or `~text~`. */
export interface Strikethrough {
  readonly type: 'strikethrough'
  readonly children: readonly Inline[]
}

/** A link. `url` is what the author wrote, unescaped and unchecked: pass it through `safeLink` before use. */
export interface Link {
  readonly type: 'link'
  readonly url: string
  readonly title?: string | undefined
  readonly children: readonly Inline[]
}

/** An image. `url` is what the author wrote, unescaped and unchecked; `alt` is its description as plain text. */
export interface Image {
  readonly type: 'image'
  readonly url: string
  readonly title?: string | undefined
  readonly alt: string
}

/** A hard line break. */
export interface Break {
  readonly type: 'break'
}

/** `[^label]` whose definition is known. `number` counts definitions in the order they appear, from 1. */
export interface FootnoteReference {
  readonly type: 'footnoteReference'
  readonly label: string
  readonly number: number
}

/** What a line of text is made of. */
export type Inline =
  | Text
  | InlineCode
  | InlineMath
  | Emphasis
  | Strong
  | Strikethrough
  | Link
  | Image
  | Break
  | FootnoteReference

interface BlockBase {
  /** Number of the block in order of creation: unique in its document and the same in every snapshot. */
  readonly key: number
  /** Offset of its first character in the source. */
  readonly start: number
  /** Offset after its last character in the source; grows while the block is open. */
  readonly end: number
  /** False while more text can still change the block. A late link definition is the one exception; see the README. */
  readonly finished: boolean
}

/** Running text. */
export interface Paragraph extends BlockBase {
  readonly type: 'paragraph'
  readonly children: readonly Inline[]
}

/** A heading of level 1 to 6. */
export interface Heading extends BlockBase {
  readonly type: 'heading'
  readonly depth: 1 | 2 | 3 | 4 | 5 | 6
  readonly children: readonly Inline[]
}

/** Fenced or indented code. `value` has no line ending after its last line; `language` is the first word after the fence. */
export interface Code extends BlockBase {
  readonly type: 'code'
  readonly language?: string | undefined
  /** The words after the language. */
  readonly meta?: string | undefined
  readonly value: string
}

/** TeX of its own, between `$$` or `\[ \]`; found only with the parser option `math`. */
export interface MathBlock extends BlockBase {
  readonly type: 'math'
  readonly value: string
}

/** A line across. */
export interface ThematicBreak extends BlockBase {
  readonly type: 'thematicBreak'
}

/** A quotation. */
export interface Blockquote extends BlockBase {
  readonly type: 'blockquote'
  readonly children: readonly Block[]
}

/** A list. `first` is the number of the first item when `ordered`; `loose` asks for paragraphs in its items. */
export interface List extends BlockBase {
  readonly type: 'list'
  readonly ordered: boolean
  readonly first: number
  readonly loose: boolean
  readonly children: readonly ListItem[]
}

/** One item of a list. `checked` is there for a task: `[ ]` or `[x]`. */
export interface ListItem extends BlockBase {
  readonly type: 'listItem'
  readonly checked?: boolean | undefined
  readonly children: readonly Block[]
}

/** How a column stands. */
export type Align = 'left' | 'center' | 'right' | undefined

/** A table; its first row is the head. */
export interface Table extends BlockBase {
  readonly type: 'table'
  readonly align: readonly Align[]
  readonly children: readonly TableRow[]
}

/** A row, with as many cells as the head. */
export interface TableRow extends BlockBase {
  readonly type: 'tableRow'
  readonly children: readonly TableCell[]
}

/** A cell; `align` is that of its column. */
export interface TableCell extends BlockBase {
  readonly type: 'tableCell'
  readonly align: Align
  readonly children: readonly Inline[]
}

/** What a footnote says; it stands where it was written, renderers show it at the end. */
export interface FootnoteDefinition extends BlockBase {
  readonly type: 'footnoteDefinition'
  readonly label: string
  readonly number: number
  readonly children: readonly Block[]
}

/** The rest of a source that passed the size cap, as it was written. */
export interface PlainText extends BlockBase {
  readonly type: 'plainText'
  readonly value: string
}

/** What a document is made of. */
export type Block =
  | Paragraph
  | Heading
  | Code
  | MathBlock
  | ThematicBreak
  | Blockquote
  | List
  | ListItem
  | Table
  | TableRow
  | TableCell
  | FootnoteDefinition
  | PlainText

/** One state of a document. It never changes; blocks that did not change are the same objects in the next one. */
export interface MarkdownDocument {
  readonly type: 'document'
  /** All text appended so far. */
  readonly source: string
  /** True after `end()`: nothing will change any more. */
  readonly finished: boolean
  readonly children: readonly Block[]
  /** Footnote definitions in order of appearance, wherever they stand. */
  readonly footnotes: readonly FootnoteDefinition[]
}
