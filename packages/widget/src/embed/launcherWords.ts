import words from 'virtual:parlance-launcher-words'

/** The few words the loader shows, in one language. */
export interface LauncherWords {
  /** BCP 47 tag of the words. */
  readonly locale: string
  readonly direction: 'ltr' | 'rtl'
  readonly openChat: string
  readonly closeChat: string
  readonly dismiss: string
}

/** Words of a BCP 47 tag; English where there are none. */
export function launcherWords(tag: string): LauncherWords {
  const [language] = tag.toLowerCase().split('-')
  const locale = Object.keys(words).find((known) => known.split('-')[0] === language) ?? 'en'
  const [direction, openChat, closeChat, dismiss] = words[locale]!
  return { locale, direction, openChat, closeChat, dismiss }
}
