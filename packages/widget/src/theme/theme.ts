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

/** CSS custom properties of a theme; a seed that is not given is left to the style sheet and the page. */
export function toThemeProperties(theme: ThemeSeeds): ReadonlyMap<string, string> {
  const { accent, tint, font, fontMono, size, radius, density, motion } = theme
  const all: readonly (readonly [string, string | undefined])[] = [
    ['--parlance-accent', accent],
    ['--parlance-tint', tint],
    ['--parlance-font', font],
    ['--parlance-font-mono', fontMono],
    ['--parlance-size', px(size)],
    ['--parlance-radius', px(radius)],
    ['--parlance-density', density?.toString()],
    ['--parlance-motion', motion?.toString()],
  ]
  const properties = new Map<string, string>()
  for (const [name, value] of all) if (value !== undefined) properties.set(name, value)
  return properties
}

/**
 * Puts a theme on an element, and takes away what an earlier theme put there. Through the element's style object,
 * which a strict Content Security Policy allows, and not as an attribute, which it does not.
 */
export function applyTheme(element: HTMLElement, theme: ThemeSeeds): void {
  const properties = toThemeProperties(theme)
  for (const name of themeProperties) {
    const value = properties.get(name)
    if (value === undefined) element.style.removeProperty(name)
    else element.style.setProperty(name, value)
  }
}

const themeProperties = [
  '--parlance-accent',
  '--parlance-tint',
  '--parlance-font',
  '--parlance-font-mono',
  '--parlance-size',
  '--parlance-radius',
  '--parlance-density',
  '--parlance-motion',
]

function px(value: number | undefined): string | undefined {
  return value === undefined ? undefined : `${value}px`
}
