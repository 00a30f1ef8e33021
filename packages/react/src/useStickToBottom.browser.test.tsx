import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { cdp } from 'vitest/browser'
import { mount } from './fixtures/mount.ts'
import { type StickToBottom, useStickToBottom } from './useStickToBottom.ts'

/** The parts of Chromium's own protocol a test needs: real wheels, fingers and keys, not made-up events. */
interface Protocol {
  send(method: string, params?: Readonly<Record<string, unknown>>): Promise<unknown>
}
const chromium = (): Protocol => cdp() as unknown as Protocol

let scroller: HTMLElement
let content: HTMLElement
let unmount: () => void
let timer: ReturnType<typeof setInterval>

const rendered: StickToBottom[] = []
const sticky = () => rendered.at(-1)!

function Transcript() {
  const stick = useStickToBottom()
  rendered.push(stick)
  const { scrollRef, contentRef, position: place } = stick
  const style = { height: 200, width: 300, overflow: 'auto', font: '16px/20px sans-serif' }
  return (
    <div ref={scrollRef} data-position={place} style={style}>
      <div ref={contentRef} />
    </div>
  )
}

const frame = () => new Promise((resolve) => requestAnimationFrame(resolve))
async function frames(count: number) {
  for (let index = 0; index < count; index++) await frame()
}

function add(heightPx: number): HTMLElement {
  const line = document.createElement('div')
  line.style.height = `${heightPx}px`
  line.textContent = 'Some words to select'
  content.append(line)
  return line
}

/** Grows by a line each frame, as fast as any reply. */
function stream() {
  timer = setInterval(() => add(20), 16)
  return () => clearInterval(timer)
}

const end = () => scroller.scrollHeight - scroller.clientHeight
const isAtEnd = () => Math.abs(end() - scroller.scrollTop) <= 1
const position = () => scroller.dataset.position

/** Where the middle of the scroller is on the page that Chromium knows, outside the frame of the test. */
function middle() {
  const box = scroller.getBoundingClientRect()
  const outer = window.frameElement?.getBoundingClientRect()
  return {
    x: (outer?.x ?? 0) + box.x + box.width / 2,
    y: (outer?.y ?? 0) + box.y + box.height / 2,
  }
}

const wheel = (deltaY: number) =>
  chromium().send('Input.dispatchMouseEvent', {
    type: 'mouseWheel',
    ...middle(),
    deltaX: 0,
    deltaY,
  })

async function press(key: string, code: number) {
  const event = { key, code: key, windowsVirtualKeyCode: code }
  await chromium().send('Input.dispatchKeyEvent', { type: 'rawKeyDown', ...event })
  await chromium().send('Input.dispatchKeyEvent', { type: 'keyUp', ...event })
}

beforeEach(async () => {
  const mounted = mount(<Transcript />)
  unmount = mounted.unmount
  scroller = await vi.waitUntil(() => mounted.container.firstElementChild as HTMLElement | null)
  scroller.tabIndex = 0
  content = scroller.firstElementChild as HTMLElement
  for (let index = 0; index < 20; index++) add(50)
  await frames(2)
})
afterEach(() => {
  clearInterval(timer)
  unmount()
})

/** After the reader left: what comes moves nothing any more. */
async function expectStill() {
  await expect.poll(() => position()).toBe('away')
  await frames(20)
  const { scrollTop } = scroller
  const height = scroller.scrollHeight
  await expect.poll(() => scroller.scrollHeight).toBeGreaterThan(height + 100)
  expect(scroller.scrollTop).toBe(scrollTop)
}

test('begins at the end and follows what grows, frame by frame', async () => {
  expect(isAtEnd()).toBe(true)
  const stop = stream()
  for (let index = 0; index < 30; index++) {
    await frame()
    // After the frame's observers: a microtask is too early, a task is not.
    await new Promise((resolve) => setTimeout(resolve))
    expect(end() - scroller.scrollTop).toBeLessThanOrEqual(40)
  }
  stop()
  await frames(2)
  expect(isAtEnd()).toBe(true)
  expect(position()).toBe('at-end')
})

test('one pixel of the wheel upward, in mid-stream, ends the following', async () => {
  const stop = stream()
  await frames(5)
  await wheel(-1)
  await expectStill()
  stop()
})

test('a finger that pulls the text down ends the following', async () => {
  const stop = stream()
  await frames(5)
  const { x, y } = middle()
  const touch = (type: string, points: readonly { x: number; y: number }[]) =>
    chromium().send('Input.dispatchTouchEvent', { type, touchPoints: points })
  await touch('touchStart', [{ x, y }])
  for (let offset = 4; offset <= 40; offset += 4) await touch('touchMove', [{ x, y: y + offset }])
  await touch('touchEnd', [])
  await expectStill()
  stop()
})

test('a finger that ends on text that was replaced meanwhile lets the following go on', async () => {
  const touched = content.lastElementChild!
  touched.dispatchEvent(
    new TouchEvent('touchstart', {
      bubbles: true,
      touches: [new Touch({ identifier: 1, target: touched })],
    }),
  )
  touched.replaceWith(touched.cloneNode(true))
  add(60)
  await frames(2)
  expect(isAtEnd()).toBe(false)
  touched.dispatchEvent(new TouchEvent('touchend', { bubbles: true }))
  expect(isAtEnd()).toBe(true)
})

test('Page Up ends the following, and is not undone by what comes', async () => {
  const stop = stream()
  scroller.focus()
  await frames(5)
  const before = scroller.scrollTop
  await press('PageUp', 33)
  await expectStill()
  expect(scroller.scrollTop).toBeLessThan(before)
  stop()
})

test('a key that a handler of the page used ends nothing', async () => {
  const use = (event: KeyboardEvent) => event.preventDefault()
  document.addEventListener('keydown', use)
  scroller.focus()
  await press('ArrowUp', 38)
  await frames(3)
  document.removeEventListener('keydown', use)
  expect(position()).toBe('at-end')
})

test('any upward scroll ends the following, such as by a scrollbar, a selection or a search', async () => {
  const stop = stream()
  await frames(5)
  scroller.scrollTop -= 1
  await expectStill()
  stop()
})

test('coming back to the end begins the following again', async () => {
  await wheel(-300)
  await expect.poll(() => position()).toBe('away')
  const stop = stream()
  const wheelDown = async () => {
    await wheel(400)
    return position()
  }
  await expect.poll(wheelDown).toBe('at-end')
  await frames(10)
  stop()
  await frames(3)
  expect(isAtEnd()).toBe(true)
})

test('a downward wheel in the middle is not a return', async () => {
  await wheel(-500)
  await expect.poll(() => position()).toBe('away')
  await frames(20)
  await wheel(100)
  await frames(20)
  expect(position()).toBe('away')
})

test('content that shrinks or a view that grows keeps the following', async () => {
  content.lastElementChild!.remove()
  await frames(3)
  expect(position()).toBe('at-end')
  scroller.style.height = '320px'
  await frames(3)
  scroller.style.height = '150px'
  await frames(3)
  expect(position()).toBe('at-end')
  expect(isAtEnd()).toBe(true)
})

test('content that shrinks until the end is in view begins the following again', async () => {
  await wheel(-300)
  await expect.poll(() => position()).toBe('away')
  while (content.childElementCount > 3) content.lastElementChild!.remove()
  await expect.poll(() => position()).toBe('at-end')
})

test('a wheel that a code block takes for itself ends nothing', async () => {
  const block = add(120)
  block.style.overflow = 'auto'
  block.innerHTML = '<div style="height: 600px"></div>'
  await frames(3)
  block.scrollTop = 300
  await frames(3)
  await wheel(-40)
  await expect.poll(() => block.scrollTop).toBeLessThan(300)
  expect(position()).toBe('at-end')
})

test('while the mouse selects, nothing moves under it; then the following goes on', async () => {
  const { x, y } = middle()
  const mouse = (type: string, dx: number) =>
    chromium().send('Input.dispatchMouseEvent', {
      type,
      x: x + dx,
      y,
      button: 'left',
      buttons: type === 'mouseReleased' ? 0 : 1,
      clickCount: 1,
    })
  await mouse('mousePressed', -100)
  await mouse('mouseMoved', -40)
  const { scrollTop } = scroller
  add(60)
  await frames(3)
  expect(scroller.scrollTop).toBe(scrollTop)
  await mouse('mouseReleased', -40)
  await expect.poll(() => isAtEnd()).toBe(true)
  expect(position()).toBe('at-end')
})

test('goes to a moving end smoothly, and is there', async () => {
  await wheel(-600)
  await expect.poll(() => position()).toBe('away')
  await frames(30)
  const from = scroller.scrollTop
  const stop = stream()
  sticky().scrollToEnd('smooth')
  await frames(2)
  expect(scroller.scrollTop).toBeLessThan(end() - 100)
  expect(scroller.scrollTop).toBeGreaterThanOrEqual(from)
  await expect.poll(() => end() - scroller.scrollTop).toBeLessThanOrEqual(40)
  stop()
  await expect.poll(() => isAtEnd()).toBe(true)
  expect(position()).toBe('at-end')
})

test('jumps for readers who want little motion', async () => {
  await chromium().send('Emulation.setEmulatedMedia', {
    features: [{ name: 'prefers-reduced-motion', value: 'reduce' }],
  })
  await wheel(-600)
  await expect.poll(() => position()).toBe('away')
  sticky().scrollToEnd()
  expect(isAtEnd()).toBe(true)
  await chromium().send('Emulation.setEmulatedMedia', { features: [] })
})

test('pins a new question to the top, lets the reply grow below, and follows it once it no longer fits', async () => {
  const top = () => question.getBoundingClientRect().top - scroller.getBoundingClientRect().top
  const question = add(40)
  question.style.scrollMarginTop = '8px'
  sticky().pinToTop(question, 'instant')
  await frames(2)
  expect(Math.round(top())).toBe(8)
  add(60)
  await frames(2)
  expect(Math.round(top())).toBe(8)
  expect(position()).toBe('at-end')
  add(100)
  add(100)
  await frames(2)
  expect(top()).toBeLessThan(-50)
  expect(isAtEnd()).toBe(true)
})

test('a pinned question stays at the top when the view changes its size, and makes room for the next', async () => {
  const topOf = (element: Element) =>
    Math.round(element.getBoundingClientRect().top - scroller.getBoundingClientRect().top)
  content.style.padding = '7px 0 11px'
  scroller.style.padding = '3px'
  scroller.style.border = '2px solid'
  const first = add(40)
  sticky().pinToTop(first, 'instant')
  await frames(2)
  scroller.style.height = '300px'
  await frames(2)
  expect(topOf(first)).toBe(2)
  add(30)
  const second = add(40)
  sticky().pinToTop(second, 'smooth')
  await expect.poll(() => topOf(second)).toBe(2)
  expect(position()).toBe('at-end')
})

test('the room below a pinned question is made anew, though a scroll tells first of the new size', async () => {
  sticky().pinToTop(add(40), 'instant')
  await frames(2)
  const roomy = content.offsetHeight
  // Outside of a frame: the next one begins with the scroll event.
  await new Promise((resolve) => setTimeout(resolve))
  scroller.style.height = '100px'
  scroller.scrollTop -= 10
  await frames(3)
  expect(content.offsetHeight).toBe(roomy - 100)
})

test('an element with much below it is shown at the top and not followed', async () => {
  const middleLine = content.children[5]!
  sticky().pinToTop(middleLine, 'instant')
  await frames(2)
  expect(Math.round(middleLine.getBoundingClientRect().top)).toBe(
    Math.round(scroller.getBoundingClientRect().top),
  )
  const { scrollTop } = scroller
  add(100)
  await frames(3)
  expect(scroller.scrollTop).toBe(scrollTop)
  expect(position()).toBe('away')
})

test('its refs and actions are the same in each render', async () => {
  const { scrollRef, contentRef, scrollToEnd, pinToTop } = sticky()
  await wheel(-300)
  await expect.poll(() => position()).toBe('away')
  expect(sticky()).toMatchObject({ scrollRef, contentRef, scrollToEnd, pinToTop })
})
