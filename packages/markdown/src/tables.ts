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
  const { length: end } = trimEnd(line)
  let from = /^[ \t]*\|?/.exec(line)?.[0].length ?? 0
  let open = false
  while (from < end || (cells.length === 0 && !open)) {
    let bar = from
    while (bar < end && line[bar] !== '|') bar += line[bar] === '\\' ? 2 : 1
    open = bar >= end
    bar = Math.min(bar, end)
    const text = trimEnd(line.slice(from, bar))
    const start = from + (/^[ \t]*/.exec(text)?.[0].length ?? 0)
    const stop = from + text.length
    cells.push({ start, end: stop, text: line.slice(start, stop).replaceAll('\\|', '|') })
    from = bar + 1
  }
  return { cells, open }
}

/** The alignments a delimiter row asks for; undefined when the line is none. */
export const readDelimiterRow = (line: string): Align[] | undefined => {
  if (!/^[\s|:-]*$/.test(line) || !line.includes('-') || !/[|:]/.test(line)) return undefined
  const align: Align[] = []
  for (const { text } of splitRow(line).cells) {
    if (!/^:?-+:?$/.test(text)) return undefined
    const right = text.endsWith(':')
    align.push(text.startsWith(':') ? (right ? 'center' : 'left') : right ? 'right' : undefined)
  }
  return align
}
