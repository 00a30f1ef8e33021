import { type Message, textOf } from '@parlance/core'
import { createFakeChat } from '@parlance/testing'
import { QueryClient, QueryClientProvider, useQuery } from '@tanstack/react-query'
import { act, renderHook, waitFor } from '@testing-library/react'
import type { ReactNode } from 'react'
import { expect, test, vi } from 'vitest'
import {
  chatHistoryOptions,
  conversationKey,
  keepConversation,
  type KeptConversation,
  useKeptConversation,
} from '../query.ts'

const kept = (client: QueryClient, id = 'fake') =>
  client.getQueryData<KeptConversation>(conversationKey(id))
const textsOf = (messages: readonly Message[] | undefined) => messages?.map(textOf)
const withClient =
  (client: QueryClient) =>
  ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={client}>{children}</QueryClientProvider>
  )

test('writes at checkpoints alone, however many tokens come', () => {
  const client = new QueryClient()
  const chat = createFakeChat()
  const write = vi.spyOn(client, 'setQueryData')
  keepConversation(client, chat)
  void chat.send('Hello?')
  const accepted = write.mock.calls.length
  expect(textsOf(kept(client)?.messages)).toEqual(['Hello?', ''])
  for (let index = 0; index < 500; index++) chat.write('word ')
  expect(write).toHaveBeenCalledTimes(accepted)
  chat.finish()
  expect(write).toHaveBeenCalledTimes(accepted + 1)
  expect(kept(client)?.messages[1]).toMatchObject({ status: 'complete' })
  expect(textOf(kept(client)!.messages[1]!)).toHaveLength(2_500)
})

test.each([
  ['stopped', (chat: ReturnType<typeof createFakeChat>) => chat.stop()],
  ['failed', (chat: ReturnType<typeof createFakeChat>) => chat.fail('overloaded')],
  ['truncated', (chat: ReturnType<typeof createFakeChat>) => chat.fail('truncated')],
])('writes a reply that is %s', (status, settle) => {
  const client = new QueryClient()
  const chat = createFakeChat()
  keepConversation(client, chat)
  void chat.send('Hello?')
  chat.write('So far')
  settle(chat)
  expect(kept(client)?.messages[1]).toMatchObject({ status, parts: [{ text: 'So far' }] })
})

test('restores all branches, the shown one shown', () => {
  const client = new QueryClient()
  const before = createFakeChat({ history: [{ question: 'One?', reply: 'First.' }] })
  const end = keepConversation(client, before)
  void before.regenerate()
  before.write('Second.')
  before.finish()
  before.selectSibling('m2', 0)
  end()
  const after = createFakeChat()
  keepConversation(client, after)
  expect(textsOf(kept(client)?.messages)).toEqual(['One?', 'First.', 'Second.'])
  expect(after.getSnapshot().messageIds).toEqual(before.getSnapshot().messageIds)
})

test('never puts what the cache holds over a conversation that has begun', () => {
  const client = new QueryClient()
  const old = createFakeChat({ history: [{ question: 'Old?', reply: 'Old.' }] })
  const chat = createFakeChat()
  keepConversation(client, chat)
  void chat.send('New?')
  chat.write('Ne')
  const { messages } = chatHistoryOf(old)
  client.setQueryData(conversationKey('fake'), { messages })
  expect(chat.getSnapshot().messageIds).toHaveLength(2)
  chat.write('w.')
  chat.finish()
  expect(textsOf(kept(client)?.messages)).toEqual(['New?', 'New.'])
})

test('an empty chat takes what comes into the cache later, from a server or a persister', async () => {
  const client = new QueryClient()
  const chat = createFakeChat()
  const history = chatHistoryOf(createFakeChat({ history: [{ question: 'A?', reply: 'B.' }] }))
  const load = vi.fn<() => Promise<KeptConversation>>(async () => history)
  renderHook(
    () => {
      useKeptConversation(chat)
      return useQuery(chatHistoryOptions('fake', load))
    },
    { wrapper: withClient(client) },
  )
  await waitFor(() => expect(chat.getSnapshot().messageIds).toHaveLength(2))
  expect(load).toHaveBeenCalledTimes(1)
})

test('neither focus nor a new observer loads again', async () => {
  const client = new QueryClient()
  const load = vi.fn<() => Promise<KeptConversation>>(async () => ({ messages: [] }))
  const draw = () =>
    renderHook(() => useQuery(chatHistoryOptions('quiet', load)), { wrapper: withClient(client) })
  const { result } = draw()
  await waitFor(() => expect(result.current.isSuccess).toBe(true))
  draw()
  act(() => void window.dispatchEvent(new Event('visibilitychange')))
  expect(load).toHaveBeenCalledTimes(1)
})

test('a kept conversation outlives its last observer', () => {
  vi.useFakeTimers()
  const client = new QueryClient()
  const chat = createFakeChat({ history: [{ question: 'A?', reply: 'B.' }] })
  keepConversation(client, chat)
  void chat.send('More?')
  vi.advanceTimersByTime(3_600_000)
  vi.useRealTimers()
  expect(kept(client)?.messages).toHaveLength(4)
})

test('ends with its component', () => {
  const client = new QueryClient()
  const chat = createFakeChat()
  const { unmount } = renderHook(() => useKeptConversation(chat), { wrapper: withClient(client) })
  unmount()
  void chat.send('Hello?')
  expect(kept(client)).toBeUndefined()
})

function chatHistoryOf(chat: ReturnType<typeof createFakeChat>): KeptConversation {
  const client = new QueryClient()
  const end = keepConversation(client, chat)
  void chat.send('Flush')
  end()
  const { messages } = kept(client)!
  return { messages: messages.slice(0, 2) }
}
