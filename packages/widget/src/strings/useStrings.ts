import { useEffect, useMemo, useState } from 'react'
import { en } from './en.ts'
import { loadStrings } from './loadStrings.ts'
import type { Strings } from './strings.ts'

/**
 * The words of the widget: of a language, with some replaced. Where the whole language is not given, it is loaded,
 * and English stands in until it has come.
 */
export function useStrings(
  locale: string | undefined,
  strings: Partial<Strings> | undefined,
): Strings {
  const tag = locale ?? strings?.locale ?? 'en'
  const given = strings && strings.locale === tag ? strings : undefined
  const [loaded, setLoaded] = useState<{ readonly tag: string; readonly strings: Strings }>()

  useEffect(() => {
    if (given || tag === 'en') return
    let isCurrent = true
    const wanted = tag === 'auto' ? navigator.language : tag
    loadStrings(wanted).then(
      // The visitor's region stays, for dates and numbers: `de-AT` speaks German.
      (found) =>
        isCurrent && setLoaded({ tag, strings: { ...found, locale: regional(wanted, found) } }),
      // Without its chunk the widget speaks English: better than not at all.
      () => isCurrent && setLoaded({ tag, strings: en }),
    )
    return () => {
      isCurrent = false
    }
  }, [tag, given])

  return useMemo(() => {
    const base = loaded?.tag === tag ? loaded.strings : en
    return { ...base, ...strings }
  }, [tag, loaded, strings])
}

function regional(wanted: string, { locale }: Strings): string {
  return wanted.split('-')[0] === locale.split('-')[0] ? wanted : locale
}
