/** Say nothing about what is asked. */
const stopWords = new Set(
  (
    'a about after again all also am an and any anybody anyone are around as at be because been before being both but by can ' +
    'cannot could did do does doing done each else ever every few for from further had has have having he hello her here hers hey hi ' +
    'him his how i if in into is isn it its itself just let lets like may me might mine more most much my no nor not now of off ' +
    'ok on once one only or other our out over own per please question shall she should so some somebody someone something ' +
    'still such tell than thank thanks that the their them then there these they this those through to too under until up ' +
    'upon us very was way we were what whats when whether which while who whom whose why will with within without would ' +
    'wonder you your yours dont doesnt cant im ive id explain describe show know mean means exactly really actually'
  ).split(' '),
)

/** Said of nearly everything: they help to choose, and are not missed. */
const weakWords = new Set(
  (
    'add allow available build built change come create different enable find first get give go going good happen have help ' +
    'keep kind long made make many need new offer often option page part possible provide put run same see set site start support ' +
    'supported take thing tell try type use used user using want website where work'
  )
    .split(' ')
    .map(toStem),
)

/** One word of a question, and how much it counts from 0 to 1. */
export interface QueryWord {
  readonly stem: string
  readonly weight: number
}

const stopStems = new Set([...stopWords].map(toStem))

/** Whether a stem is that of a word which says nothing about what is asked. */
export function isStopStem(stem: string): boolean {
  return stopStems.has(stem)
}

/** Words of a text in order, stemmed; `useChatStream` is found as itself and by its pieces. */
export function toStems(text: string): string[] {
  return toWords(text).map(toStem)
}

/** Words of a question that say what is asked, each once. All of them, when it holds nothing but small words. */
export function toQueryWords(question: string): QueryWord[] {
  const words = toWords(question)
  const telling = words.filter((word) => !stopWords.has(word.replaceAll("'", '')))
  const stems = new Set((telling.length > 0 ? telling : words).map(toStem))
  return [...stems].map((stem) => ({ stem, weight: weakWords.has(stem) ? 0.25 : 1 }))
}

const wordPattern = /[\p{L}\p{M}\p{N}_]+(?:['’][\p{L}]+)?|\p{Sc}/gu
/** Written without spaces: every two neighbouring signs count as a word. */
const unspacedPattern = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]+/u

function toWords(text: string): string[] {
  const words: string[] = []
  for (const [match] of text.normalize('NFKC').matchAll(wordPattern)) {
    const word = match.replace(/['’](?:s|S)$/, '').replace(/['’_]/g, '')
    if (!word) continue
    if (/^\p{Sc}$/u.test(word)) {
      // Who asks for a price finds `£18`.
      words.push('price')
      continue
    }
    if (unspacedPattern.test(word)) {
      words.push(...toPairs(word))
      continue
    }
    words.push(word.toLowerCase())
    const pieces = match
      .split(/_|(?<=[\p{Ll}\p{N}])(?=\p{Lu})/u)
      .filter((piece) => piece.length > 1)
    if (pieces.length > 1) words.push(...pieces.map((piece) => piece.toLowerCase()))
  }
  return words
}

function toPairs(text: string): string[] {
  const signs = Array.from(text)
  return signs.length < 2 ? signs : signs.slice(1).map((sign, index) => signs[index]! + sign)
}

/** Cuts the common English endings, and accents, so that one word is found in all its forms. */
export function toStem(word: string): string {
  const isPlain = /^[a-z]+$/.test(word)
  let stem = isPlain ? word : word.normalize('NFD').replace(/\p{M}/gu, '').normalize('NFC')
  if (stem.length < 4 || !(isPlain || /^[a-z]+$/.test(stem))) return stem
  if (stem.endsWith('ies')) stem = `${stem.slice(0, -3)}y`
  else if (/(?:ss|sh|ch|x|z)es$/.test(stem)) stem = stem.slice(0, -2)
  else if (/[^su]s$/.test(stem)) stem = stem.slice(0, -1)
  const ending = /^(.*[aeiouy].*?)(?:ing|ed|ation|ational|ment|able|ly)$/.exec(stem)?.[1]
  if (ending && ending.length >= 3) stem = ending.replace(/([^aeioulsz])\1$/, '$1')
  if (stem.endsWith('our')) stem = `${stem.slice(0, -3)}or`
  if (stem.length > 3)
    stem = stem
      .replace(/e$/, '')
      .replace(/([^aeiou])y$/, '$1i')
      .replace(/is$/, 'iz')
  return stem
}
