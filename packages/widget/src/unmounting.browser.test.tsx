import { createFakeChatIn } from '@parlance/testing'
import { useEffect } from 'react'
import { createRoot } from 'react-dom/client'
import { expect, test } from 'vitest'
import { cdp } from 'vitest/browser'
import { SupportChat } from './SupportChat.tsx'
import './styles.css'

interface Protocol {
  send(method: string, params?: object): Promise<{ metrics: { name: string; value: number }[] }>
}
const chromium = (): Protocol => cdp() as unknown as Protocol

/** What outlives a component that forgets it, counted by the browser after it has collected its garbage. */
interface Left {
  readonly listeners: number
  readonly nodes: number
  readonly heapBytes: number
  readonly elements: number
  readonly styleSheets: number
}

async function measure(): Promise<Left> {
  await new Promise((resolve) => setTimeout(resolve, 500))
  // Twice: what finalizers let go in the first is only free in the second.
  await chromium().send('HeapProfiler.collectGarbage')
  await chromium().send('HeapProfiler.collectGarbage')
  const { metrics } = await chromium().send('Performance.getMetrics')
  const valueOf = (name: string) => metrics.find((metric) => metric.name === name)!.value
  return {
    listeners: valueOf('JSEventListeners'),
    nodes: valueOf('Nodes'),
    heapBytes: valueOf('JSHeapUsedSize'),
    elements: document.querySelectorAll('*').length,
    styleSheets: document.styleSheets.length + document.adoptedStyleSheets.length,
  }
}

/** Timers that are waiting, by wrapping the functions that begin and end them. */
function watchTimers(): { readonly waiting: () => number; readonly restore: () => void } {
  const { setTimeout, clearTimeout, setInterval, clearInterval } = window
  const waiting = new Set<unknown>()
  window.setTimeout = ((run: () => void, ms?: number) => {
    const id = setTimeout(() => {
      waiting.delete(id)
      run()
    }, ms)
    waiting.add(id)
    return id
  }) as typeof setTimeout
  window.setInterval = ((run: () => void, ms?: number) => {
    const id = setInterval(run, ms)
    waiting.add(id)
    return id
  }) as typeof setInterval
  const end = (clear: (id?: number) => void) =>
    ((id?: number) => {
      waiting.delete(id)
      clear(id)
    }) as typeof clearTimeout
  window.clearTimeout = end(clearTimeout)
  window.clearInterval = end(clearInterval)
  return {
    waiting: () => waiting.size,
    restore: () => Object.assign(window, { setTimeout, clearTimeout, setInterval, clearInterval }),
  }
}

/** One visit of a component: drawn, alive for two frames, gone. Three states in turn, open and closed. */
async function mount(times: number, Beside: () => null = () => null): Promise<void> {
  const states = ['complete', 'streaming', 'failed'] as const
  for (let index = 0; index < times; index++) {
    const container = document.body.appendChild(document.createElement('div'))
    const root = createRoot(container)
    const chat = createFakeChatIn(states[index % 3]!)
    const drawn = new Promise<void>((resolve) => {
      const Drawn = () => {
        useEffect(() => resolve(), [])
        return null
      }
      root.render(
        <>
          <SupportChat chat={chat} defaultOpen={index % 2 === 0} greetingAfterMs={60_000} />
          <Beside />
          <Drawn />
        </>,
      )
    })
    await drawn
    await new Promise(requestAnimationFrame)
    root.unmount()
    container.remove()
    chat.dispose()
  }
}

/** Forgets a listener, a timer and an element, as a component must not. */
function Careless(): null {
  useEffect(() => {
    const kept = document.createElement('div')
    window.addEventListener('resize', () => kept.remove())
    setInterval(() => kept.remove(), 60_000)
  }, [])
  return null
}

test('1,000 mounts and unmounts leave no listener, timer, node, style sheet or object', async () => {
  await chromium().send('Performance.enable')
  const timers = watchTimers()
  // What is fetched and compiled once is there from now on.
  await mount(60)
  const before = await measure()
  const timersBefore = timers.waiting()
  await mount(1000)
  const after = await measure()
  expect(timers.waiting()).toBeLessThanOrEqual(timersBefore)
  expect(after.listeners).toBeLessThanOrEqual(before.listeners)
  expect(after.nodes).toBeLessThanOrEqual(before.nodes)
  expect(after.elements).toBe(before.elements)
  expect(after.styleSheets).toBe(before.styleSheets)
  // A forgotten chat is some hundred kB; this is less than 2 kB for each.
  expect((after.heapBytes - before.heapBytes) / 1000).toBeLessThan(2000)

  // The control: what one careless component leaves is seen.
  await mount(20, Careless)
  const careless = await measure()
  expect(careless.listeners).toBeGreaterThanOrEqual(after.listeners + 20)
  expect(careless.nodes).toBeGreaterThanOrEqual(after.nodes + 20)
  expect(timers.waiting()).toBeGreaterThanOrEqual(timersBefore + 20)
  timers.restore()
}, 180_000)
