const markersOnly = /^[\s>#*+\-_=`~|:\\!<&$[\]^\d.)xX]*$/
const openingFence = /^[\s>*+\-\d.)]*(?:`{3,}[^`]*|~{3,}.*)$/
const footnoteStart = /^[\s>]*\[\^[^\s[\]]{0,40}\]?:?\s*$/

/**
 * Whether a line that is not complete yet says nothing so far: it holds only characters that may be markup (of digits
 * at most nine in a row), or is the opening line of a fence, or half the start of a footnote. It is shown when it says
 * more, or when it is complete.
 */
export const isHeldBackLine = (line: string, inside: string): boolean => {
  if (inside === 'code' || inside === 'math') return /^[\s>]*[`~$\\\]]*\s*$/.test(line)
  if (inside === 'table') return /^[\s>|:#-]*$/.test(line)
  return (
    (markersOnly.test(line) && !/\d{10}/.test(line)) ||
    openingFence.test(line) ||
    footnoteStart.test(line)
  )
}
