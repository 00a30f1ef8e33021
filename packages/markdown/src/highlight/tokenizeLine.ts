/** What a piece of code is, as far as colours go. */
export type TokenKind = 'comment' | 'string' | 'number' | 'keyword' | 'name' | 'tag'

/** A coloured piece of a line. */
export interface CodeToken {
  readonly kind: TokenKind
  readonly start: number
  readonly end: number
}

/** What the next line has to know: the end of a comment or string that is still open, or ''. */
export type LineState = string

const keywords = new Set(
  'abstract and as assert async await begin break case catch class const continue def default defer delete del do done elif else elsif end enum esac except export extends extern false fi final finally fn for foreach from func function global go goto if impl implements import in instanceof interface is lambda let local loop match mod module mut namespace new nil nonlocal not null None True False or package pass private protected pub public raise range readonly return select self static struct super switch template then this throw throws trait true try type typeof undefined union unless unsafe until use using val var virtual void volatile when where while with yield int float double char bool boolean string long short byte SELECT FROM WHERE INSERT INTO UPDATE SET DELETE CREATE TABLE DROP ALTER JOIN LEFT RIGHT INNER OUTER ON GROUP ORDER BY HAVING LIMIT VALUES AND OR NOT NULL AS IN IS PRIMARY KEY'.split(
    ' ',
  ),
)

const hashComments =
  /^(?:py|python|rb|ruby|sh|bash|zsh|shell|console|yaml|yml|toml|r|perl|pl|make|makefile|dockerfile|ini|conf|elixir|nix|julia)$/
const dashComments = /^(?:sql|lua|haskell|hs|ada|elm)$/
/** Languages of people, in which the words of a program mean nothing. */
const prose = /^(?:te?xt|plain(?:text)?|markdown|md|csv|log|output)$/i
const markup = /^(?:html|xml|svg|vue|svelte)$/

const pattern = (language: string): RegExp => {
  const comment = hashComments.test(language)
    ? '#.*'
    : dashComments.test(language)
      ? '--.*'
      : '\\/\\/.*|\\/\\*'
  const strings =
    '"""|\'\'\'|"(?:[^"\\\\]|\\\\.)*"?|\'(?:[^\'\\\\]|\\\\.)*\'?|`(?:[^`\\\\]|\\\\.)*`?'
  return markup.test(language)
    ? /(?<comment><!--)|(?<tag><\/?[\w:-]+|\/?>)|(?<string>"[^"]*"|'[^']*')|(?<name>[\w:-]+(?==))/g
    : new RegExp(
        `(?<comment>${comment})|(?<string>${strings})|(?<number>\\b(?:0x[\\da-fA-F_]+|\\d[\\d_]*(?:\\.\\d+)?(?:e[+-]?\\d+)?)\\b)|(?<name>[A-Za-z_$][\\w$]*)`,
        'g',
      )
}

const closers = new Map([
  ['/*', '*/'],
  ['<!--', '-->'],
  ['"""', '"""'],
  ["'''", "'''"],
])

/** Splits one line into coloured pieces. Knows the words of common languages, not their grammar. */
export const tokenizeLine = (
  line: string,
  language: string,
  state: LineState,
): { readonly tokens: readonly CodeToken[]; readonly state: LineState } => {
  const tokens: CodeToken[] = []
  if (prose.test(language)) return { tokens, state }
  const matcher = pattern(language.toLowerCase())
  let open = state
  const closeOpen = (start: number, from: number) => {
    const at = line.indexOf(open, from)
    const end = at < 0 ? line.length : at + open.length
    tokens.push({ kind: open === '*/' || open === '-->' ? 'comment' : 'string', start, end })
    if (at >= 0) open = ''
    matcher.lastIndex = end
  }
  if (open) closeOpen(0, 0)
  while (!open) {
    const found = matcher.exec(line)
    if (!found) break
    const [text] = found
    const start = found.index
    const closer = closers.get(text)
    if (closer) {
      open = closer
      closeOpen(start, start + text.length)
      continue
    }
    const kind = Object.entries(found.groups ?? {}).find(
      ([, value]) => value !== undefined,
    )?.[0] as TokenKind
    const end = start + text.length
    if (kind !== 'name' || markup.test(language)) tokens.push({ kind, start, end })
    else if (keywords.has(text)) tokens.push({ kind: 'keyword', start, end })
    else if (line[end] === '(') tokens.push({ kind: 'name', start, end })
  }
  return { tokens, state: open }
}
