import { createFakeChat } from '@parlance/testing'
import { render, screen } from '@testing-library/react'
import type { ComponentType } from 'react'
import userEvent from '@testing-library/user-event'
import { expect, test, vi } from 'vitest'
import { ChatProvider } from '@parlance/react'
import { fetchLazyParts, lazyPart } from './lazyPart.tsx'
import { WidgetSettings } from './WidgetSettings.tsx'

const Hello = ({ name }: { readonly name: string }) => <p>Hello {name}</p>

function draw(Part: ComponentType<{ readonly name: string }>) {
  return render(
    <WidgetSettings>
      <ChatProvider chat={createFakeChat()}>
        <Part name="you" />
      </ChatProvider>
    </WidgetSettings>,
  )
}

test('shows dots while the code comes, and then the part', async () => {
  const Part = lazyPart('Hello', async () => Hello)
  const { container } = draw(Part)
  expect(container.querySelector('.pl-dots')).not.toBeNull()
  expect(await screen.findByText('Hello you')).toBeVisible()
  expect(container.querySelector('.pl-dots')).toBeNull()
})

test('is there at once where its code was fetched before', async () => {
  const Part = lazyPart('Hello', async () => Hello)
  await fetchLazyParts()
  draw(Part)
  expect(screen.getByText('Hello you')).toBeVisible()
})

test('names what did not load in the console, and tries again at a click', async () => {
  const error = vi.spyOn(console, 'error').mockImplementation(() => {})
  let isOffline = true
  const Part = lazyPart('Hello', async () => {
    if (isOffline) throw new TypeError('Failed to fetch')
    return Hello
  })
  await fetchLazyParts()
  expect(error).not.toHaveBeenCalled()
  draw(Part)
  const retry = await screen.findByRole('button', { name: 'Try again' })
  expect(error).toHaveBeenCalledWith(
    'Parlance: the code of Hello did not load.',
    expect.any(TypeError),
  )
  isOffline = false
  await userEvent.click(retry)
  expect(await screen.findByText('Hello you')).toBeVisible()
  error.mockRestore()
})
