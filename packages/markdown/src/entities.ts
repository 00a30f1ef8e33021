// Of the 2,125 names HTML knows, these: HTML 4's, in order of their code points, and a few that writers
// of Markdown use or the CommonMark examples name. The whole table would double the size of the parser.
const runs: readonly (readonly [first: number, names: string])[] = [
  [
    160,
    'nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 sup3 acute micro para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc Atilde Auml Aring AElig Ccedil Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave Uacute Ucirc Uuml Yacute THORN szlig agrave aacute acirc atilde auml aring aelig ccedil egrave eacute ecirc euml igrave iacute icirc iuml eth ntilde ograve oacute ocirc otilde ouml divide oslash ugrave uacute ucirc uuml yacute thorn yuml',
  ],
  [
    913,
    'Alpha Beta Gamma Delta Epsilon Zeta Eta Theta Iota Kappa Lambda Mu Nu Xi Omicron Pi Rho - Sigma Tau Upsilon Phi Chi Psi Omega',
  ],
  [
    945,
    'alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigmaf sigma tau upsilon phi chi psi omega',
  ],
  [8592, 'larr uarr rarr darr harr'],
  [8656, 'lArr uArr rArr dArr hArr'],
]

const single =
  'quot34amp38apos39lt60gt62Tab9NewLine10excl33num35dollar36lpar40rpar41ast42plus43comma44period46sol47colon58semi59equals61quest63commat64lbrack91bsol92rbrack93Hat94lowbar95grave96lbrace123vert124rbrace125OElig338oelig339Scaron352scaron353Yuml376fnof402circ710tilde732thetasym977upsih978piv982ensp8194emsp8195thinsp8201zwnj8204zwj8205lrm8206rlm8207ndash8211mdash8212lsquo8216rsquo8217sbquo8218ldquo8220rdquo8221bdquo8222dagger8224Dagger8225bull8226hellip8230permil8240prime8242Prime8243lsaquo8249rsaquo8250oline8254frasl8260euro8364image8465weierp8472real8476trade8482alefsym8501crarr8629forall8704part8706exist8707empty8709nabla8711isin8712notin8713ni8715prod8719sum8721minus8722lowast8727radic8730prop8733infin8734ang8736and8743or8744cap8745cup8746int8747there48756sim8764cong8773asymp8776ne8800equiv8801le8804ge8805sub8834sup8835nsub8836sube8838supe8839oplus8853otimes8855perp8869sdot8901lceil8968rceil8969lfloor8970rfloor8971lang10216rang10217loz9674spades9824clubs9827hearts9829diams9830check10003cross10007Dcaron270HilbertSpace8459DifferentialD8518ClockwiseContourIntegral8754'

let table: Map<string, string> | undefined

const names = (): Map<string, string> => {
  if (table) return table
  table = new Map([['ngE', '\u2267\u0338']])
  for (const [first, list] of runs) {
    list.split(' ').forEach((name, index) => table?.set(name, String.fromCharCode(first + index)))
  }
  // `there4` is the one name here that ends in a digit, hence the code points of four digits and more below it.
  for (const [, name = '', code] of single.matchAll(/(there4|[A-Za-z]+)(\d+)/g)) {
    table.set(name, String.fromCharCode(Number(code)))
  }
  return table
}

/** The character a reference such as `amp`, `#38` or `#x26` stands for; undefined when the name is not known. */
export const decodeEntity = (name: string): string | undefined => {
  if (name[0] !== '#') return names().get(name)
  const hexadecimal = name[1] === 'x' || name[1] === 'X'
  const code = Number.parseInt(name.slice(hexadecimal ? 2 : 1), hexadecimal ? 16 : 10)
  const valid = code > 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff)
  return valid ? String.fromCodePoint(code) : '\uFFFD'
}

const escaped = /\\([!-/:-@[-`{-~])|&(#[xX][\da-fA-F]{1,6}|#\d{1,7}|[A-Za-z][\dA-Za-z]{1,31});/g

/** Text of a link destination, title or info string without its backslash escapes and character references. */
export const unescapeMarkdown = (text: string): string =>
  text.includes('\\') || text.includes('&')
    ? text.replace(escaped, (all: string, character?: string, name?: string) =>
        name === undefined ? (character ?? all) : (decodeEntity(name) ?? all),
      )
    : text
