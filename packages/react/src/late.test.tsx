import { textOf } from '@parlance/core'
import { recordings, replayStream } from '@parlance/testing'
import { act, renderHook, waitFor } from '@testing-library/react'
import { expect, test } from 'vitest'
import { ChatProvider, useChatStream } from './late.tsx'

test('is the same hook, whose chat is answered', async () => {
  const fetch = replayStream([recordings.short], { speed: Infinity })
  const { result } = renderHook(() => useChatStream({ token: false, fetch }))
  act(() => void result.current.send('Hello?'))
  expect(result.current.status).toBe('submitted')
  await waitFor(() => expect(result.current.status).toBe('ready'))
  expect(result.current.messages.map(textOf)).toEqual(['Hello?', expect.stringMatching(/./)])
})

test('inside its provider it is the provider’s chat', async () => {
  const fetch = replayStream([recordings.short], { speed: Infinity })
  const { result } = renderHook(() => [useChatStream(), useChatStream()] as const, {
    wrapper: ({ children }) => (
      <ChatProvider options={{ token: false, fetch }}>{children}</ChatProvider>
    ),
  })
  const [one, other] = result.current
  expect(one.chat).toBe(other.chat)
  await act(() => one.send('Hello?'))
  expect(other.messages).toHaveLength(2)
})
