/** The words a document is drawn with besides its own. */
export interface MarkdownLabels {
  /** Names a code block whose language is not known. */
  code: string
  copy: string
  /** Stands on the copy button for a moment after it was pressed. */
  copied: string
  wrap: string
  unwrap: string
  /** Before the description of an image that is not loaded. */
  image: string
  table: string
  footnotes: string
  footnote: string
  backToText: string
  taskDone: string
  taskOpen: string
}

/** The words in English. */
export const englishLabels: MarkdownLabels = {
  code: 'Code',
  copy: 'Copy',
  copied: 'Copied',
  wrap: 'Wrap lines',
  unwrap: 'Do not wrap lines',
  image: 'Image',
  table: 'Table',
  footnotes: 'Footnotes',
  footnote: 'Footnote',
  backToText: 'Back to the text',
  taskDone: 'Done',
  taskOpen: 'Not done',
}
