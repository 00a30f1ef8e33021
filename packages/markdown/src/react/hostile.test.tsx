import { flushSync } from 'react-dom'
import { createRoot } from 'react-dom/client'
import { describe, expect, it } from 'vitest'
import { domViolations } from '../fixtures/domViolations.ts'
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
      const check = (whole: boolean, where: string) => {
        for (const violation of domViolations(container, hostile, whole))
          failed.push(`${where} ${violation}`)
      }
      const step = text.length > longestForEveryPrefix ? Math.ceil(text.length / 16) : 1
      for (let end = step; end <= text.length; end += step) {
        draw(text.slice(0, end), true)
        // The document is looked at whenever it may hold something new; a letter more in a word is nothing new.
        if (step > 1 || !/\w\w$/.test(text.slice(0, end)) || end % 7 === 0)
          check(false, `at ${end}`)
        if (failed.length > 0) break
      }
      draw(text, false)
      check(true, 'grown')
      draw('', false)
      let grown = ''
      for (const chunk of chunks ?? []) {
        draw((grown += chunk), true)
        check(false, `after ${grown.length}`)
      }
      draw(text, false)
      check(true, 'whole')
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
