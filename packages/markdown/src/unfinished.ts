// What waits for more text, and for how much of it. The README has the same as a table.

const reach = 2048
const half = /\\?[*_~`]*(?:[\\!$]|&#?[\da-z]{0,31}|\[\^[^\s[\]]{0,40}|<(?:[a-z][^\s<>]*)?)?$/i

/**
 * How much of a text that still grows may be shown: its length without characters at its end that may turn out to be
 * markup. Held are runs of `` * _ ~ ` ``, one `\`, `!`, `$` or `<`, half a character reference (up to 32 characters),
 * half a footnote call (up to 40) and half an autolink in angle brackets (up to white space).
 */
export const shownLength = (text: string): number =>
  text.length - (half.exec(text.slice(-reach))?.[0].length ?? 0)

/** What may stand after `]` at the end of a text and still make a link of it: nothing, half a label or half a target. */
export const unfinishedTarget: RegExp =
  /^(?:\[[^[\]]*|\(\s*(?:<[^<>\n]*>?|[^\s<]\S*)?(?:\s+(?:["'(].*)?)?)?$/s

/** A paragraph that may be a link definition as a whole. */
export const unfinishedDefinition: RegExp =
  /^\[(?:[^\\[\]]|\\.)+\]:\s*(?:<[^<>\n]*>?|[^\s<]\S*)?(?:\s+(?:["'(].*)?)?$/s

const footnoteMarker = /\[\^[^\s[\]]+\]:/g
const markers = /^(?!.*\d{10})[\s>#*+\-_=`~|:\\!<&$[\]^\d.)xX]*$/
const opening =
  /^[\s>*+\-\d.)]*(?:`{3,}[^`]*|~{3}.*|(?:\$\$|\\\[).*|\[(?:\^[^\s[\]]*|[^[\]]{0,60})\]?)$/
const row = /\|.*[^\s|:-]/

/**
 * Whether a line that is not complete yet may still become another block than it seems: it holds only characters that
 * may be markup (of digits at most nine in a row), or is the opening line of a fence or formula, or half the start of a
 * footnote or, up to 60 characters, of a link definition. It is shown when it says more, or when it is complete. Lines
 * of formulas are shown when they are complete.
 */
export const isHeldBack = (line: string, inside: string): boolean => {
  if (inside === 'math') return true
  if (inside === 'fence') return /^[\s`~]*$/.test(line)
  const rest = line.replace(footnoteMarker, '')
  return opening.test(rest) || (markers.test(rest) && !(inside === 'table' && row.test(rest)))
}
