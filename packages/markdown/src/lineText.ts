/** Whether a text holds nothing but spaces and tabs. */
export const isBlank = (text: string): boolean => !/[^ \t]/.test(text)

/** Three or more of one of `* - _` and nothing else but spaces. */
export const thematicBreak: RegExp = /^([*_-])[ \t]*(?:\1[ \t]*){2,}$/

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
  const closed = end < whole.length && isBlank(whole.slice(Math.max(0, end - 1), end))
  return trimEnd(closed ? whole.slice(0, end) : whole).replace(/^[ \t]+/, '')
}

/** Text without its last line ending. */
export const chomp = (text: string): string => (text.endsWith('\n') ? text.slice(0, -1) : text)

/** Indented code ends with its last line that is not blank. */
export const withoutBlankEnd = (text: string): string => {
  const end = trimEnd(text).length
  const lineEnd = text.indexOf('\n', end)
  return end === 0 ? '' : lineEnd < 0 ? text : text.slice(0, lineEnd)
}
