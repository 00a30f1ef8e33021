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
  let end = line.length
  while (end > 0 && isBlank(line, end - 1)) end--
  let from = 0
  while (from < end && isBlank(line, from)) from++
  if (line[from] === '|') from++
  let open = false
  while (from < end || (cells.length === 0 && !open)) {
    let bar = from
    while (bar < end && line[bar] !== '|') bar += line[bar] === '\\' ? 2 : 1
    open = bar >= end
    bar = Math.min(bar, end)
    let start = from
    let stop = bar
    while (start < stop && isBlank(line, start)) start++
    while (stop > start && isBlank(line, stop - 1)) stop--
    cells.push({ start, end: stop, text: line.slice(start, stop).replaceAll('\\|', '|') })
    from = bar + 1
  }
  return { cells, open }
}

const isBlank = (line: string, at: number): boolean => line[at] === ' ' || line[at] === '\t'

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
