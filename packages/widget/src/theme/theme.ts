/** Light or dark; `auto` follows the visitor's system. */
export type Scheme = 'auto' | 'light' | 'dark'

/** The seeds of a theme: every other colour, size and time derives from them in the style sheet. */
export interface ThemeSeeds {
  /** The one accent, any CSS colour. Words on it and made from it are readable whatever it is. */
  readonly accent?: string | undefined
  /** A colour whose hue tints the greys. Default: the accent; `gray` for none. */
  readonly tint?: string | undefined
  /** Font families. Default: the system's. Nothing is ever loaded. */
  readonly font?: string | undefined
  /** Font families of code. */
  readonly fontMono?: string | undefined
  /** Size of the text in px. Default 15. */
  readonly size?: number | undefined
  /** Roundness of corners in px, from 0 to about 20. Default 12. */
  readonly radius?: number | undefined
  /** Tightness of spaces: 0.85 is dense, 1 the default, 1.15 airy. */
  readonly density?: number | undefined
  /** Speed of movement: 1 is the default, 0 none. The visitor's wish for less motion wins. */
  readonly motion?: number | undefined
}

const seedNames = [
  'accent',
  'tint',
  'font',
  'fontMono',
  'size',
  'radius',
  'density',
  'motion',
] as const satisfies readonly (keyof ThemeSeeds)[]

/** `fontMono` as it is written in CSS and in attributes: `font-mono`. */
export const toKebabCase = (name: string): string =>
  name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)

const propertyOf = (seed: string): string => `--parlance-${toKebabCase(seed)}`

/** CSS custom properties of a theme; a seed that is not given is left to the style sheet and the page. */
export function toThemeProperties(theme: ThemeSeeds): ReadonlyMap<string, string> {
  const properties = new Map<string, string>()
  for (const name of seedNames) {
    const value = theme[name]
    const unit = name === 'size' || name === 'radius' ? 'px' : ''
    if (value !== undefined) properties.set(propertyOf(name), `${value}${unit}`)
  }
  return properties
}

/**
 * Puts a theme on an element, and takes away what an earlier theme put there. Through the element's style object,
 * which a strict Content Security Policy allows, and not as an attribute, which it does not.
 */
export function applyTheme(element: HTMLElement, theme: ThemeSeeds): void {
  const properties = toThemeProperties(theme)
  for (const property of seedNames.map(propertyOf)) {
    const value = properties.get(property)
    if (value === undefined) element.style.removeProperty(property)
    else element.style.setProperty(property, value)
  }
}
