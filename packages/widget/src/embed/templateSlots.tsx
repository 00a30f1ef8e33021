import { textOf } from '@parlance/core'
import { useMessage } from '@parlance/react'
import {
  type ComponentType,
  createElement,
  Fragment,
  type ReactElement,
  type ReactNode,
} from 'react'
import type { HeaderProps } from '../header/Header.tsx'
import { useMenuItems } from '../header/useMenuItems.ts'
import { useRunningReply } from '../history/useRunningReply.ts'
import { defaultSlots } from '../settings/defaultSlots.ts'
import type { Slots } from '../settings/slots.ts'
import { useWidget } from '../settings/WidgetContext.tsx'
import { toSources } from '../sources/sources.ts'
import { errorSentence } from '../error/errorSentence.ts'
import { adoptStyles } from './adoptStyles.ts'
import { launcherSlots } from './launcherSlots.ts'
import {
  attributesOf,
  fillWords,
  reportTemplate,
  type Scope,
  slotOf,
  toSlotName,
} from './templates.ts'

type PropsOf<Name extends keyof Slots> =
  NonNullable<Slots[Name]> extends ComponentType<infer Props> ? Props : never

/** What the templates of each slot can name. A slot that is not among them has nothing but its original. */
const scopes: { readonly [Name in keyof Slots]?: (props: PropsOf<Name>) => Scope } = {
  Header: useHeaderScope,
  Menu: ({ items }) => ({
    items: items.map(({ label, onSelect }) => ({ label, select: onSelect })),
  }),
  Banner: ({ kind, children }) => ({ kind, text: typeof children === 'string' ? children : '' }),
  EmptyState: () => ({ greeting: useWidget().greeting }),
  DaySeparator: ({ atMs }) => ({ day: useWidget().formats.day(atMs) }),
  Turn: useTurnScope,
  MessageText: ({ streaming }) => ({ state: streaming ? 'streaming' : 'done' }),
  Picture: ({ name, url }) => ({ name, url }),
  Citation: ({ source }) => toSourceScope(source),
  Reasoning: ({ text, streaming }) => ({ text, state: streaming ? 'streaming' : 'done' }),
  ToolCard: ({ call }) => ({
    name: call.name,
    state: call.state,
    input: call.argumentsText,
    output: call.output,
  }),
  SourceList: ({ citations }) => ({ sources: toSources(citations).map(toSourceScope) }),
  Typing: ({ notice }) => ({ notice: notice ?? '' }),
  ErrorRow: ({ error, onRetry }) => ({
    code: error.code,
    text: errorSentence(error, useWidget().strings),
    retry: onRetry,
  }),
  TurnActions: ({ message, onEdit }) => ({
    role: message.role,
    time: useWidget().formats.time(message.createdAtMs),
    edit: onEdit,
  }),
  FeedbackForm: ({ onCancel }) => ({ cancel: onCancel }),
  JumpToLatest: ({ count, onJump }) => ({ count, jump: onJump }),
  Suggestions: ({ suggestions, onSelect }) => ({
    suggestions: suggestions.map((text) => ({ text, ask: () => onSelect(text) })),
  }),
  Composer: () => ({ state: useRunningReply().isRunning ? 'answering' : 'ready' }),
  Consent: ({ onDecide }) => ({
    allow: () => onDecide('granted'),
    deny: () => onDecide('denied'),
  }),
  History: ({ onClose }) => ({ close: onClose }),
  Footer: () => ({ title: useWidget().title }),
}

/** Parts without which there is no chat: their templates go around the original, and must have a place for it. */
const needOriginal: readonly (keyof Slots)[] = [
  'Panel',
  'Transcript',
  'Turn',
  'MessageText',
  'CodeBlock',
  'TurnActions',
  'FeedbackForm',
  'Composer',
  'AttachmentTray',
  'History',
]

/** All but those that the loader draws. */
const names = [...Object.keys(defaultSlots), 'Footer', 'History'].filter(
  (name) => !launcherSlots.includes(toSlotName(name)),
) as (keyof Slots)[]

/**
 * Makes slots of the page's templates: `<template slot="empty-state">` inside the element, or
 * `<template data-parlance-slot="empty-state">` anywhere in the page. Their nodes become elements one by one, so no
 * HTML text is read and Trusted Types have nothing to check; their `<style>` becomes a style sheet of the shadow root.
 * `originals` are the parts that stand in the place of `<slot>`.
 */
export function toTemplateSlots(
  templates: readonly HTMLTemplateElement[],
  root: ShadowRoot,
  originals: Partial<Slots>,
): Partial<Slots> {
  const slots: Record<string, ComponentType<never>> = {}
  for (const template of templates) {
    const wanted = slotOf(template)
    if (launcherSlots.includes(wanted)) continue
    const name = names.find((each) => toSlotName(each) === wanted)
    const { content } = template
    if (!name) {
      reportTemplate(`there is no slot "${wanted}". There are ${names.map(toSlotName).join(', ')}.`)
    } else if (needOriginal.includes(name) && !content.querySelector('slot')) {
      reportTemplate(
        `the template of "${wanted}" needs a <slot></slot>, for there is no chat without it.`,
      )
    } else {
      for (const { textContent } of content.querySelectorAll('style')) {
        adoptStyles(root, textContent ?? '')
      }
      slots[name] = createTemplatePart(name, content, originals)
    }
  }
  return slots as Partial<Slots>
}

function createTemplatePart(
  name: keyof Slots,
  content: DocumentFragment,
  originals: Partial<Slots>,
): ComponentType<never> {
  const useScope = scopes[name] as ((props: object) => Scope) | undefined
  const isNamed = content.querySelector('slot') !== null
  return function TemplatePart(props: object): ReactElement {
    const scope = useScope?.(props) ?? {}
    const Original = originals[name] as ComponentType<object> | undefined
    const { title } = useWidget()
    return (
      <>
        {/* The title names the panel, wherever a page's own header shows it. */}
        {name === 'Header' && !isNamed && (
          <h2 id={(props as HeaderProps).titleId} className="pl-hidden">
            {title}
          </h2>
        )}
        {drawNodes(content, scope, Original ? <Original {...props} /> : null)}
      </>
    )
  } as ComponentType<never>
}

function drawNodes(parent: Node, scope: Scope, original: ReactNode): ReactNode[] {
  return Array.from(parent.childNodes, (node, index) => (
    // oxlint-disable-next-line react/no-array-index-key -- a template's nodes keep their order
    <Fragment key={index}>{drawNode(node, scope, original)}</Fragment>
  ))
}

function drawNode(node: Node, scope: Scope, original: ReactNode): ReactNode {
  if (node.nodeType === Node.TEXT_NODE) return fillWords(node.nodeValue ?? '', scope)
  if (!(node instanceof Element) || node.localName === 'style') return null
  if (node.localName === 'slot') return original
  const list = node.getAttribute('data-each')
  if (list === null) return drawElement(node, scope, original)
  const items = scope[list]
  return Array.isArray(items)
    ? (items as readonly Scope[]).map((item, index) => (
        // oxlint-disable-next-line react/no-array-index-key -- the lists here only grow
        <Fragment key={index}>{drawElement(node, { ...scope, ...item }, original)}</Fragment>
      ))
    : null
}

function drawElement(element: Element, scope: Scope, original: ReactNode): ReactNode {
  const condition = element.getAttribute('data-if')
  const action = element.getAttribute('data-click')
  if (condition !== null && !scope[condition]) return null
  const run = action === null ? undefined : scope[action]
  // A button for what cannot be done now is not shown.
  if (action !== null && typeof run !== 'function') return null
  const properties: Record<string, unknown> = { onClick: run }
  for (const [name, words] of attributesOf(element, scope)) {
    properties[name === 'class' ? 'className' : name] = words
  }
  return createElement(element.localName, properties, ...drawNodes(element, scope, original))
}

function useHeaderScope(props: HeaderProps): Scope {
  const { strings, title } = useWidget()
  const { isRunning } = useRunningReply()
  const items = useMenuItems(props)
  return {
    title,
    disclosure: strings.disclosure,
    status: isRunning ? strings.writing : '',
    state: isRunning ? 'answering' : 'ready',
    expanded: props.expanded,
    close: props.onClose,
    expand: props.onExpand,
    history: props.onShowHistory,
    menu: items.map(({ label, onSelect }) => ({ label, select: onSelect })),
  }
}

function useTurnScope({ messageId, last }: PropsOf<'Turn'>): Scope {
  const { strings, formats } = useWidget()
  const message = useMessage(messageId)
  if (!message) return {}
  const { role, status, createdAtMs } = message
  return {
    role,
    state: status,
    who: role === 'user' ? strings.you : strings.assistant,
    time: formats.time(createdAtMs),
    text: textOf(message),
    last,
    isQuestion: role === 'user',
    isReply: role === 'assistant',
  }
}

function toSourceScope({
  number,
  title,
  url,
  host,
  quote,
}: ReturnType<typeof toSources>[number]): Scope {
  return { number, title, url, host, quote }
}
