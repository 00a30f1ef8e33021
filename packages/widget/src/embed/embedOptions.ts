import { toKebabCase } from '../theme/theme.ts'

/** Where the chat sits: a bubble with a floating panel, a panel at the side, in the page's flow, or all of its place. */
export type EmbedMode = 'popup' | 'panel' | 'inline' | 'full'

/**
 * What a site owner can set, as attributes of `<parlance-chat>` (`url="…"`), as `data-` attributes of the script tag
 * (`data-url="…"`) or as an object for `Parlance.init`. Names are the same in all three, in kebab-case for attributes.
 */
export interface EmbedOptions {
  /** Base address of the relay, such as `/api/chat`. */
  readonly url: string
  /** Default `popup`. */
  readonly mode?: EmbedMode | undefined
  /** Where an inline or full chat is put: a selector. Default: the end of the page. */
  readonly target?: string | undefined
  /** Side of the launcher and panel in reading direction. Default `end`. */
  readonly side?: 'start' | 'end' | undefined
  /** Name of the chat, in its header. */
  readonly title?: string | undefined
  /** First sentence of an empty conversation. */
  readonly greeting?: string | undefined
  /** Milliseconds after which the greeting is also shown beside the launcher; absent: never. */
  readonly greetingAfterMs?: number | undefined
  /** Questions offered to start with; `|` parts them in an attribute. */
  readonly suggestions?: readonly string[] | undefined
  /** Default `auto`: as the visitor's system. */
  readonly scheme?: 'auto' | 'light' | 'dark' | undefined
  /** Any CSS colour, such as `#0a7d55`. */
  readonly accent?: string | undefined
  /** A colour whose hue the greys have; `gray` for none. */
  readonly tint?: string | undefined
  readonly font?: string | undefined
  readonly fontMono?: string | undefined
  /** Text size in px. Default 15. */
  readonly size?: number | undefined
  /** Corner radius in px. Default 12. */
  readonly radius?: number | undefined
  /** Spacing, from 0.85 (dense) to 1.15 (airy). Default 1. */
  readonly density?: number | undefined
  /** 0 switches all motion off. Default 1. */
  readonly motion?: number | undefined
  /** BCP 47 tag, or `auto` for the page's language. Default `auto`. */
  readonly locale?: string | undefined
  /** `hidden` where the page opens the chat by its own button. Default `shown`. */
  readonly launcher?: 'shown' | 'hidden' | undefined
  /**
   * `required`: nothing is stored until `setConsent('granted')`. `ask`: the panel asks the visitor. Default `assumed`:
   * stored from first use on.
   */
  readonly consent?: 'required' | 'ask' | 'assumed' | undefined
  /** Where conversations are kept. Default `device`. */
  readonly history?: 'device' | 'none' | undefined
  /** Whether visitors may attach pictures. Default `off`. */
  readonly attachments?: 'on' | 'off' | undefined
  /** Whether a button under an answer shows its tokens, cost and time. Default `off`. */
  readonly usage?: 'on' | 'off' | undefined
  /** Whether formulas in TeX are drawn. Default `off`: dollar signs are dollar signs. */
  readonly math?: 'on' | 'off' | undefined
}

/** Reads an option from its attribute, or throws what the text is instead. */
type Reader = (text: string) => unknown

const text: Reader = (value) => value
const number: Reader = (value) => {
  const read = Number(value)
  if (value.trim() && Number.isFinite(read)) return read
  throw new TypeError('not a number')
}
// One that CSS cannot read would take every colour that derives from it along.
const colour: Reader = (value) => {
  if (CSS.supports('color', value)) return value
  throw new TypeError('not a colour')
}
const list: Reader = (value) =>
  value
    .split('|')
    .map((item) => item.trim())
    .filter(Boolean)
const oneOf =
  (...words: readonly string[]): Reader =>
  (value) => {
    if (words.includes(value)) return value
    throw new TypeError(`none of ${words.join(', ')}`)
  }

const readers: Readonly<Record<keyof EmbedOptions, Reader>> = {
  url: text,
  mode: oneOf('popup', 'panel', 'inline', 'full'),
  target: text,
  side: oneOf('start', 'end'),
  title: text,
  greeting: text,
  greetingAfterMs: number,
  suggestions: list,
  scheme: oneOf('auto', 'light', 'dark'),
  accent: colour,
  tint: colour,
  font: text,
  fontMono: text,
  size: number,
  radius: number,
  density: number,
  motion: number,
  locale: text,
  launcher: oneOf('shown', 'hidden'),
  consent: oneOf('required', 'ask', 'assumed'),
  history: oneOf('device', 'none'),
  attachments: oneOf('on', 'off'),
  usage: oneOf('on', 'off'),
  math: oneOf('on', 'off'),
}

/** Attribute names of `<parlance-chat>`, one for each option. */
export const attributeNames: readonly string[] = Object.keys(readers).map(toKebabCase)

/**
 * Reads options from attributes. One that cannot be read is left out and told to `report`: a typing mistake in one
 * option must not take the chat off the page. A `url` that is not there is empty.
 */
export function readAttributes(
  element: Element,
  prefix: '' | 'data-',
  report: (problem: string) => void,
): EmbedOptions {
  const options: EmbedOptions & Record<string, unknown> = { url: '' }
  for (const [name, read] of Object.entries(readers)) {
    const attribute = prefix + toKebabCase(name)
    const value = element.getAttribute(attribute)
    if (value === null) continue
    try {
      options[name] = read(value)
    } catch (problem) {
      report(`${attribute}="${value}" is ${(problem as Error).message}. It was ignored.`)
    }
  }
  return options
}
