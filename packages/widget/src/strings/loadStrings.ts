import { en } from './en.ts'
import type { Strings } from './strings.ts'

const languages: Readonly<Record<string, () => Promise<Strings>>> = {
  ar: async () => (await import('./ar.ts')).ar,
  de: async () => (await import('./de.ts')).de,
  en: async () => en,
  es: async () => (await import('./es.ts')).es,
  fr: async () => (await import('./fr.ts')).fr,
  he: async () => (await import('./he.ts')).he,
  ja: async () => (await import('./ja.ts')).ja,
  pt: async () => (await import('./pt-BR.ts')).ptBR,
  zh: async () => (await import('./zh-CN.ts')).zhCN,
}

/** BCP 47 tags the widget has words for. */
export const locales: readonly string[] = [
  'en',
  'de',
  'fr',
  'es',
  'pt-BR',
  'ja',
  'zh-CN',
  'ar',
  'he',
]

/** The words of a language by its BCP 47 tag, fetched as a chunk of their own; English where there are none. */
export async function loadStrings(tag: string): Promise<Strings> {
  const [language = 'en'] = tag.toLowerCase().split('-')
  const load = Object.hasOwn(languages, language) ? languages[language] : undefined
  return load ? load() : en
}
