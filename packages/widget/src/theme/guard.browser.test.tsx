import { createFakeChatIn } from '@parlance/testing'
import { afterEach, expect, test } from 'vitest'
import { render } from 'vitest-browser-react'
import { SupportChat } from '../SupportChat.tsx'
import '../styles.css'

const page = document.createElement('style')
afterEach(() => page.remove())

function write(css: string): void {
  page.textContent = css
  document.head.append(page)
}

const element = (selector: string) => document.querySelector<HTMLElement>(`.parlance ${selector}`)!

/** Computed styles of every element of the chat, and of what is drawn before and after it: a name and a value each. */
function styles(): ReadonlyMap<string, string> {
  const values = new Map<string, string>()
  // What is inside a drawing has no box that a page could change.
  const all = document.querySelectorAll('.parlance, .parlance *:not(svg *)')
  for (const [index, one] of all.entries()) {
    for (const pseudo of [null, '::before', '::after']) {
      const style = getComputedStyle(one, pseudo)
      const place = `${index} ${one.localName}.${one.getAttribute('class') ?? ''}${pseudo ?? ''}`
      for (const name of style) {
        if (!name.startsWith('--')) values.set(`${place} ${name}`, style.getPropertyValue(name))
      }
    }
  }
  return values
}

/** Stands by itself, wherever the page's rules put what is around it. */
const frame = { all: 'initial', position: 'fixed', inset: 0, width: 400, height: 600 } as const

const elementRules = `
  body main div div p, body div p, p { margin: 40px; color: red; font: 30px serif; letter-spacing: 5px }
  h1, h2, h3, h4 { font-size: 60px; text-transform: uppercase; border: 3px solid red }
  button { padding: 30px; background: lime; border-radius: 0; min-width: 300px }
  textarea, input { border: 5px dashed red; background: pink; font-size: 40px }
  a { color: fuchsia; text-decoration: overline wavy }
  ul, ol { list-style: square; margin: 50px; padding: 50px }
  li::before, p::after { content: '!!'; color: red }
  section, article, header, form, div, span, time { float: left; opacity: 0.3; width: 77px }
  svg { width: 90px; height: 90px; fill: red }
  * { box-sizing: content-box; margin: 3px }
  p::before, span::before { content: 'x' }
`

test('rules of the page for bare elements change nothing in the chat', async () => {
  await render(
    <div style={frame}>
      <SupportChat chat={createFakeChatIn('complete')} mode="inline" />
    </div>,
  )
  const clean = styles()
  write(elementRules)
  const within = styles()
  expect(clean.size).toBeGreaterThan(10_000)
  const changed = [...within].filter(([place, value]) => clean.get(place) !== value)
  expect(changed.map(([place, value]) => `${place}: ${clean.get(place)} → ${value}`)).toEqual([])
})

test('a class of the page still reaches a part of its own', async () => {
  write('.promo { color: rgb(1, 2, 3); margin: 7px } p { color: red }')
  const slots = { EmptyState: () => <p className="promo">Hello</p> }
  await render(<SupportChat mode="inline" slots={slots} />)
  expect(getComputedStyle(element('.promo'))).toMatchObject({
    color: 'rgb(1, 2, 3)',
    marginTop: '7px',
  })
})

test('a rule of the page for a class of the chat still wins', async () => {
  write('.parlance .pl-title { color: rgb(4, 5, 6) } .pl-disclosure { color: rgb(7, 8, 9) }')
  await render(<SupportChat chat={createFakeChatIn('complete')} mode="inline" />)
  expect(getComputedStyle(element('.pl-title')).color).toBe('rgb(4, 5, 6)')
  expect(getComputedStyle(element('.pl-disclosure')).color).toBe('rgb(7, 8, 9)')
})
