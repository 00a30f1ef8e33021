import { createFakeChatIn } from '@parlance/testing'
import { afterEach, expect, test, vi } from 'vitest'
import { page } from 'vitest/browser'
import { render } from 'vitest-browser-react'
import { SupportChat } from '../SupportChat.tsx'
import '../styles.css'

afterEach(() => vi.restoreAllMocks())

const copyAnswer = () => page.getByRole('button', { name: 'Copy', exact: true }).last().click()

test('an answer is copied as it was written', async () => {
  const write = vi.spyOn(navigator.clipboard, 'writeText').mockResolvedValue()
  await render(<SupportChat chat={createFakeChatIn('complete')} mode="inline" />)
  await copyAnswer()
  expect(write).toHaveBeenCalledExactlyOnceWith(expect.stringContaining('*client token*'))
  await expect.element(page.getByRole('button', { name: 'Copied' })).toHaveFocus()
})

test('so it is where the page may not use the clipboard, and nothing is left of how', async () => {
  vi.spyOn(navigator.clipboard, 'writeText').mockRejectedValue(new DOMException('Not allowed.'))
  const copied: string[] = []
  const onCopy = ({ target }: Event) => copied.push((target as HTMLTextAreaElement).value)
  document.addEventListener('copy', onCopy, { once: true })
  await render(<SupportChat chat={createFakeChatIn('complete')} mode="inline" />)
  await copyAnswer()
  await expect.element(page.getByRole('button', { name: 'Copied' })).toHaveFocus()
  expect(copied).toEqual([expect.stringContaining('*client token*')])
  expect(document.querySelectorAll('.pl-turn textarea')).toHaveLength(0)
})

test('what cannot be copied is not called copied', async () => {
  vi.spyOn(navigator.clipboard, 'writeText').mockRejectedValue(new DOMException('Not allowed.'))
  const old = vi.spyOn(document, 'execCommand').mockReturnValue(false)
  await render(<SupportChat chat={createFakeChatIn('complete')} mode="inline" />)
  await copyAnswer()
  await expect.poll(() => old.mock.calls.length).toBe(1)
  await expect.element(page.getByRole('button', { name: 'Copied' })).not.toBeInTheDocument()
})
