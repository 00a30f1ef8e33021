/** Text without the white space at its end; a loop, since a regular expression would be quadratic on runs of spaces. */
export const trimEnd = (text: string, space = ' \t\n'): string => {
  let end = text.length
  while (end > 0 && space.includes(text.charAt(end - 1))) end--
  return text.slice(0, end)
}

/** The text of an ATX heading: without the closing run of `#`, which only counts after a space. */
export const headingText = (text: string): string => {
  const whole = trimEnd(text)
  const open = trimEnd(whole, '#')
  return trimEnd(/[^ \t]$/.test(open) ? whole : open).replace(/^[ \t]+/, '')
}
