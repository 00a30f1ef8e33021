/** The words a document is drawn with besides its own. */
export interface MarkdownLabels {
  /** Before the description of an image that is not loaded. */
  image: string
  table: string
  footnotes: string
  footnote: string
  backToText: string
  taskDone: string
  taskOpen: string
  /** Names a code block whose language is not known. */
  code?: string | undefined
  copy?: string | undefined
  /** Stands on the copy button for a moment after it was pressed. */
  copied?: string | undefined
  wrap?: string | undefined
  unwrap?: string | undefined
}

/** The words in English; those of code blocks stand with `CodeBlock`. */
export const englishLabels: MarkdownLabels = {
  image: 'Image',
  table: 'Table',
  footnotes: 'Footnotes',
  footnote: 'Footnote',
  backToText: 'Back to the text',
  taskDone: 'Done',
  taskOpen: 'Not done',
}
