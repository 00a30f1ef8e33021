/** Whether only spaces and tabs follow an offset. */
export const isBlankFrom = (text: string, from: number): boolean => {
  while (text[from] === ' ' || text[from] === '\t') from++
  return from >= text.length
}

/** Whether a line, from an offset on, is a thematic break: three or more of one of `* - _` and nothing else. */
export const isThematicBreak = (line: string, from: number): boolean => {
  const character = line[from]
  if (character !== '*' && character !== '-' && character !== '_') return false
  let count = 0
  for (let at = from; at < line.length; at++) {
    if (line[at] === character) count++
    else if (line[at] !== ' ' && line[at] !== '\t') return false
  }
  return count >= 3
}

/** Text without the white space at its end; a loop, since a regular expression would be quadratic on runs of spaces. */
export const trimEnd = (text: string): string => {
  let end = text.length
  while (end > 0 && ' \t\n'.includes(text.charAt(end - 1))) end--
  return text.slice(0, end)
}

/** The text of an ATX heading: without the closing run of `#`, which only counts after a space. */
export const headingText = (text: string): string => {
  const whole = trimEnd(text)
  let end = whole.length
  while (whole[end - 1] === '#') end--
  const closed =
    end < whole.length && (end === 0 || whole[end - 1] === ' ' || whole[end - 1] === '\t')
  return trimEnd(closed ? whole.slice(0, end) : whole).replace(/^[ \t]+/, '')
}

/** Text without its last line ending. */
export const chomp = (text: string): string => (text.endsWith('\n') ? text.slice(0, -1) : text)

/** Indented code ends with its last line that is not blank. */
export const withoutBlankEnd = (text: string): string => {
  let end = text.length
  while (end > 0 && ' \t\n'.includes(text.charAt(end - 1))) end--
  const lineEnd = text.indexOf('\n', end)
  return end === 0 ? '' : lineEnd < 0 ? text : text.slice(0, lineEnd)
}
