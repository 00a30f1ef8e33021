import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { recordings, replayStream } from '@parlance/testing'
import { render, screen, waitFor } from '@testing-library/react'
import { userEvent } from '@testing-library/user-event'
import { afterEach, expect, test, vi } from 'vitest'
import { Chat } from './fixtures/MinimalChat.tsx'

afterEach(() => vi.unstubAllGlobals())

test('is what the README shows', () => {
  const read = (file: string) => readFileSync(join(import.meta.dirname, file), 'utf8')
  const shown = read('fixtures/MinimalChat.tsx').replace('../index.ts', '@parlance/react')
  expect(read('../README.md')).toContain(`\`\`\`tsx\n${shown}\`\`\``)
})

test('asks, fails, tries again and answers', async () => {
  const fetch = replayStream([recordings.outOfCredit, recordings.short], { speed: Infinity })
  vi.stubGlobal('fetch', fetch)
  const { container } = render(<Chat />)
  await userEvent.type(screen.getByLabelText('Message'), 'Hello?{Enter}')
  expect(screen.getByText('Hello?')).toBeVisible()
  await userEvent.click(await screen.findByRole('button', { name: /again/ }))
  await waitFor(() => expect(screen.getByRole('button', { name: 'Send' })).toBeVisible())
  expect(container.querySelectorAll('p')).toHaveLength(2)
  expect(container.querySelector('p:last-child')!.textContent).not.toBe('')
})
