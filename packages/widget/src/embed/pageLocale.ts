/** A BCP 47 tag, or for `auto` the language of the page, or else of the browser. */
export function pageLocale(tag = 'auto'): string {
  return tag === 'auto' ? document.documentElement.lang || navigator.language : tag
}
