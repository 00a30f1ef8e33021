import { type ComponentChild, type ComponentType, createElement, options, render } from 'preact'
import { useEffect, useLayoutEffect, useReducer, useRef } from 'preact/hooks'

// As much of React as the panel uses, on Preact: a half of what `preact/compat` brings. The build of the script tag puts
// it in the place of `react`, `react-dom` and `react-dom/client`, and fails where one of their names is missing here.

export { createContext, createElement, Fragment } from 'preact'
export {
  useCallback,
  useContext,
  useEffect,
  useId,
  useLayoutEffect,
  useLayoutEffect as useInsertionEffect,
  useMemo,
  useReducer,
  useRef,
  useState,
} from 'preact/hooks'

type Props = Record<string, unknown> & { children?: ComponentChild }

/** React's names for what the browser calls otherwise: its focus events bubble, and its change comes at every key. */
const eventNames: Readonly<Record<string, string>> = { onFocus: 'onfocusin', onBlur: 'onfocusout' }

function nameOfEvent(name: string, type: string, props: Readonly<Record<string, unknown>>): string {
  const isTyped = type === 'textarea' || (type === 'input' && props['type'] !== 'file')
  return name === 'onChange' && isTyped ? 'oninput' : (eventNames[name] ?? name)
}

options.vnode = (vnode) => {
  const { type } = vnode
  if (typeof type !== 'string') return
  const given = vnode.props as unknown as Record<string, unknown>
  const props = {} as typeof given
  for (const name in given) props[nameOfEvent(name, type, given)] = given[name]
  vnode.props = props as typeof vnode.props
}

options.event = (event) => Object.assign(event, { nativeEvent: event })

/** A component that renders only when its props have changed. */
export function memo(
  type: ComponentType<Props>,
  isSame: (shown: Props, next: Props) => boolean = isShallowEqual,
): ComponentType<Props> {
  function Memo(this: { props: Props; shouldComponentUpdate(next: Props): boolean }, props: Props) {
    this.shouldComponentUpdate = (next) => !isSame(this.props, next)
    return createElement(type, props)
  }
  return Memo as ComponentType<Props>
}

function isShallowEqual(one: Props, other: Props): boolean {
  const names = Object.keys(one)
  return (
    names.length === Object.keys(other).length &&
    names.every((name) => Object.is(one[name], other[name]))
  )
}

/** The value of a store outside, for as long as it is subscribed to. */
export function useSyncExternalStore<Value>(
  subscribe: (onChange: () => void) => () => void,
  read: () => Value,
): Value {
  const [, draw] = useReducer<number, undefined>((count) => count + 1, 0)
  const value = read()
  const shownRef = useRef({ value, read })
  useLayoutEffect(() => {
    shownRef.current = { value, read }
  })
  useEffect(() => {
    const onChange = () => {
      if (!Object.is(shownRef.current.value, shownRef.current.read())) draw(undefined)
    }
    // It may have changed before anybody listened.
    onChange()
    return subscribe(onChange)
  }, [subscribe])
  return value
}

/** Draws what `run` asks for before it returns. */
export function flushSync(run: () => void): void {
  const before = options.debounceRendering
  let draw: (() => void) | undefined
  options.debounceRendering = (callback) => (draw = callback)
  try {
    run()
    draw?.()
  } finally {
    // oxlint-disable-next-line typescript/no-non-null-assertion -- undefined is Preact's own default
    options.debounceRendering = before!
  }
}

/** Where Preact draws: an element of ours. */
export function createRoot(container: Element): {
  render(child: ComponentChild): void
  unmount(): void
} {
  return {
    render: (child) => render(child, container),
    unmount: () => render(null, container),
  }
}
