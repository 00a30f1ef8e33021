import { createFormats } from '../strings/formats.ts'
import { loadStrings, locales } from '../strings/loadStrings.ts'

async function wordsOf(locale: string) {
  const { openChat, closeChat, dismiss } = await loadStrings(locale)
  const { direction } = createFormats(locale)
  return [locale, [direction, openChat, closeChat, dismiss]] as const
}

/** The loader's words in every language. Read when the embed is built, so that it carries these and no others. */
export const allLauncherWords: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  await Promise.all(locales.map(wordsOf)),
)
