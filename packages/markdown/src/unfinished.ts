// What waits for more text, and for how much of it. The README has the same as a table.

const reach = 2048
const half = /(?:\\?[*_~`]*|[!<]|&#?[\da-z]{0,31}|\[\^[^\s[\]]{0,40}|<[a-z][^\s<>]*)$/i

/**
 * How much of a text that still grows may be shown: its length without characters at its end that may turn out to be
 * markup. Held are runs of `` * _ ~ ` ``, one `\`, `!` or `<`, half a character reference (up to 32 characters), half a
 * footnote call (up to 40) and half an autolink in angle brackets (up to white space).
 */
export const shownLength = (text: string): number => {
  const from = Math.max(0, text.length - reach)
  return from + text.slice(from).search(half)
}

/** What may stand after `]` at the end of a text and still make a link of it: nothing, half a label or half a target. */
export const unfinishedTarget: RegExp =
  /^(?:\[[^[\]]*|\(\s*(?:<[^<>\n]*|(?:<[^<>\n]*>|[^\s<]\S*)?(?:\s+(?:(?:"[^"]*"?|'[^']*'?|\([^()]*\)?)\s*)?)?))?$/

/** A paragraph that may be a link definition as a whole. */
export const unfinishedDefinition: RegExp =
  /^\[(?:[^\\[\]]|\\.){1,999}\]:\s*\S*(?:\s+["'(][^\n]*)?$/s

const fenceEnd = /^[\s>]*[`~$\\\]]*\s*$/
const delimiterRow = /^[\s>|:#-]*$/
const markers = /^(?!.*\d{10})[\s>#*+\-_=`~|:\\!<&$[\]^\d.)xX]*$/
const openingFence = /^[\s>*+\-\d.)]*(?:`{3,}[^`]*|~{3,}.*)$/
const footnote = /^[\s>]*\[\^[^\s[\]]{0,40}\]?:?\s*$/

/**
 * Whether a line that is not complete yet says nothing so far: it holds only characters that may be markup (of digits
 * at most nine in a row), or is the opening line of a fence, or half the start of a footnote. It is shown when it says
 * more, or when it is complete.
 */
export const isHeldBack = (line: string, inside: string): boolean =>
  (inside === 'code' || inside === 'math'
    ? [fenceEnd]
    : inside === 'table'
      ? [delimiterRow]
      : [markers, openingFence, footnote]
  ).some((pattern) => pattern.test(line))

const decided =
  /^[\s>*+\-\d.)#]*(?![\s>*+\-\d.)#]|`{3}|~{3}|\$\$|\\\[|\[(?:[^\\\]]|\\.)*(?:\]?$|\]:)).*\p{L}/su

/**
 * Whether a line that is not complete yet can only become longer: after its markers stands a word, and nothing that
 * may be a fence, a formula or a definition. Rows of tables and lines of formulas are decided by their end.
 */
export const isDecided = (line: string, inside: string): boolean =>
  inside !== 'table' && inside !== 'math' && decided.test(line)
