import { flushSync } from 'react-dom'
import { createRoot } from 'react-dom/client'
import { describe, expect, it } from 'vitest'
import { domViolations, watchDom, type DomChanges } from '../fixtures/domViolations.ts'
import { hostileTexts } from '../fixtures/hostileTexts.ts'
import { StreamingMarkdown } from './StreamingMarkdown.tsx'

const longestForEveryPrefix = 8000

const texts = hostileTexts() ?? []

describe.skipIf(texts.length === 0)('hostile texts', () => {
  it('are all here', () => expect(texts).toHaveLength(320))

  it.each(texts)(
    '$id is harmless at every prefix',
    (hostile) => {
      const { text, chunks } = hostile
      const before = Object.getOwnPropertyNames(Object.prototype).length
      const title = document.title
      const container = document.createElement('div')
      document.body.append(container)
      const root = createRoot(container)
      const draw = (shown: string, streaming: boolean) =>
        flushSync(() => root.render(<StreamingMarkdown text={shown} streaming={streaming} />))
      const failed: string[] = []
      const changed = watchDom(container)
      const check = (where: string, changes?: DomChanges) => {
        for (const violation of domViolations(container, hostile, changes))
          failed.push(`${where} ${violation}`)
      }
      const step = text.length > longestForEveryPrefix ? Math.ceil(text.length / 16) : 1
      for (let end = step; end <= text.length; end += step) {
        draw(text.slice(0, end), true)
        check(`at ${end}`, changed())
        if (failed.length > 0) break
      }
      draw(text, false)
      check('grown')
      draw('', false)
      let grown = ''
      for (const chunk of chunks ?? []) {
        draw((grown += chunk), true)
        check(`after ${grown.length}`, changed())
      }
      draw(text, false)
      check('whole')
      expect(failed).toEqual([])
      expect(Object.getOwnPropertyNames(Object.prototype)).toHaveLength(before)
      expect(document.title).toBe(title)
      expect(window).not.toHaveProperty('__pwned')
      flushSync(() => root.unmount())
      container.remove()
    },
    60_000,
  )
})
