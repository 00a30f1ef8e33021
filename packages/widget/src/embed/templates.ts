import { fill } from '../strings/strings.ts'
import { toKebabCase } from '../theme/theme.ts'

// What all templates of a page have in common, whoever draws them: the panel, or the launcher before there is one.

/** What a template can name: words, things to do, and lists of the same. */
export interface Scope {
  readonly [name: string]: string | number | boolean | (() => void) | readonly Scope[] | undefined
}

/** What a page calls a slot: `empty-state` for `EmptyState`. */
export const toSlotName = (name: string): string => toKebabCase(name).slice(1)

/** The slot that a template of the page stands in for: its `slot` inside the element, `data-parlance-slot` elsewhere. */
export const slotOf = (template: HTMLTemplateElement): string =>
  template.dataset['parlanceSlot'] ?? template.slot

/** Names in the console what of a template cannot be used. */
export const reportTemplate = (problem: string): void => console.error(`Parlance: ${problem}`)

/** Puts words into `{title}` and the like; a list or a thing to do is no word. */
export function fillWords(text: string, scope: Scope): string {
  if (!text.includes('{')) return text
  const words = Object.entries(scope).map(([name, value]) => [
    name,
    typeof value === 'object' || typeof value === 'function' ? '' : String(value ?? ''),
  ])
  return fill(text, Object.fromEntries(words) as Record<string, string>)
}

/** The attributes of a template's element with their words; what is ours, or would be a script, is left out. */
export function attributesOf(
  element: Element,
  scope: Scope,
): readonly (readonly [name: string, words: string])[] {
  return Array.from(
    element.attributes,
    ({ name, value }) => [name, value, fillWords(value, scope)] as const,
  ).flatMap(([name, value, words]) =>
    /^(?:on|data-(?:if|click|each)$)/.test(name) ||
    // What an answer brought into an address must not become a script.
    (words !== value && /^\s*(?!https?:|mailto:|tel:)[a-z][\w+.-]*:/i.test(words))
      ? []
      : [[name, words] as const],
  )
}
