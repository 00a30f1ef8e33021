import { trimEnd } from './lineText.ts'
import type { Align } from './nodes.ts'

/** One cell as it stands in the line: offsets of its content, and its text with `\|` as `|`. */
export interface Cell {
  readonly start: number
  readonly end: number
  readonly text: string
}

/** Cuts a line into cells. The last one is `open` when no `|` closes it. */
export const splitRow = (line: string): { readonly cells: Cell[]; readonly open: boolean } => {
  const cells: Cell[] = []
  const row = trimEnd(line)
  let start = /^[ \t]*\|?/.exec(row)?.[0].length ?? 0
  let open = true
  for (const { 0: all, 1: content = '' } of row
    .slice(start)
    .matchAll(/((?:\\[^]|[^|])*)(?:\||$)/g)) {
    if (!all) break
    const text = content.replace(/^[ \t]+/, '')
    const from = start + content.length - text.length
    const trimmed = trimEnd(text)
    cells.push({ start: from, end: from + trimmed.length, text: trimmed.replaceAll('\\|', '|') })
    open = content === all
    start += all.length
  }
  return { cells, open }
}

const sides: Readonly<Record<string, Align>> = {
  '-': undefined,
  ':-': 'left',
  '-:': 'right',
  ':-:': 'center',
}

/** The alignments a delimiter row asks for; undefined when the line is none. */
export const readDelimiterRow = (line: string): Align[] | undefined => {
  if (!/^(?=.*[|:])(?=.*-)[\s|:-]+$/.test(line)) return undefined
  const marks = splitRow(line).cells.map(({ text }) => text.replace(/-+/, '-'))
  return marks.every((mark) => mark in sides) ? marks.map((mark) => sides[mark]) : undefined
}
