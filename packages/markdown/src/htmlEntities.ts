import { addEntities, namedCharacters } from './entities.ts'

// What HTML 4 names, and a few that writers of Markdown and the examples of CommonMark use.
addEntities(
  '9Tab NewLine 33excl quot num dollar 38amp apos lpar rpar ast plus comma 46period sol 58colon semi lt equals gt quest commat 91lbrack bsol rbrack Hat lowbar grave 123lbrace vert rbrace 160nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 sup3 acute micro para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest 198AElig 208ETH 215times Oslash 222THORN szlig 230aelig 240eth 247divide oslash 254thorn 338OElig oelig 402fnof 710circ 732tilde 913Alpha Beta Gamma Delta Epsilon Zeta Eta Theta Iota Kappa Lambda Mu Nu Xi Omicron Pi Rho 931Sigma Tau Upsilon Phi Chi Psi Omega 945alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigmaf sigma tau upsilon phi chi psi omega 977thetasym upsih 982piv 8194ensp emsp 8201thinsp 8204zwnj zwj lrm rlm 8211ndash mdash 8216lsquo rsquo sbquo 8220ldquo rdquo bdquo 8224dagger Dagger bull 8230hellip 8240permil 8242prime Prime 8249lsaquo rsaquo 8254oline 8260frasl 8364euro 8459HilbertSpace 8465image 8472weierp 8476real 8482trade 8501alefsym 8518DifferentialD 8592larr uarr rarr darr harr 8629crarr 8656lArr uArr rArr dArr hArr 8704forall 8706part exist 8709empty 8711nabla isin notin 8715ni 8719prod 8721sum minus 8727lowast 8730radic 8733prop infin 8736ang 8743and or cap cup int 8754ClockwiseContourIntegral 8756there4 8764sim 8773cong 8776asymp 8800ne equiv 8804le ge 8834sub sup nsub 8838sube supe 8853oplus 8855otimes 8869perp 8901sdot 8968lceil rceil lfloor rfloor 9674loz 9824spades 9827clubs 9829hearts diams 10003check 10007cross 10216lang rang',
)

/** Letters with an accent are what Unicode makes of the two. */
const accents =
  'grave\u0300AEIOUaeiou acute\u0301ACEILNORSUYZacegilnorsuyz circ\u0302ACEGHIJOSUWYaceghijosuwy tilde\u0303AINOUainou uml\u0308AEIOUYaeiouy ring\u030aAUau cedil\u0327CGKLNRSTcklnrst caron\u030cCDELNRSTZcdelnrstz'

for (const [, name = '', mark = '', letters = ''] of accents.matchAll(/([a-z]+)(.)(\S+)/g)) {
  for (const letter of letters) {
    addEntities(`${(letter + mark).normalize().charCodeAt(0)}${letter}${name}`)
  }
}

// The one name in the examples of CommonMark that stands for two characters.
namedCharacters.set('ngE', '\u2267\u0338')
