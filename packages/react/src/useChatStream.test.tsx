import { type ChatOptions, createChat, type Message, textOf } from '@parlance/core'
import { createFakeChat, recordings, replayStream } from '@parlance/testing'
import { act, render, renderHook, waitFor } from '@testing-library/react'
import { StrictMode, useEffect } from 'react'
import { expect, test, vi } from 'vitest'
import { ChatProvider } from './ChatProvider.tsx'
import { useChat } from './useChat.ts'
import { useChatActions } from './useChatActions.ts'
import { useChatStream } from './useChatStream.ts'
import type { ChatStream, UseChatStreamOptions } from './useChatStreamWith.ts'
import { useMessageIds } from './useMessageIds.ts'

let count = 0
/** Chats with a name outlive their components, so each test takes names of its own. */
const newName = () => `test-${++count}`

const answering = () => vi.fn<typeof fetch>(replayStream(recordings.short, { speed: Infinity }))

/** A `fetch` whose answers are written by hand. */
function answeringByHand() {
  const bodies: ReadableStreamDefaultController<Uint8Array>[] = []
  const fetch = vi.fn<typeof globalThis.fetch>(async (_input, init) => {
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        bodies.push(controller)
        init?.signal?.addEventListener('abort', () => controller.error(init.signal?.reason))
      },
    })
    return new Response(body, { headers: { 'content-type': 'text/event-stream' } })
  })
  const write = (index: number, data: string) =>
    bodies[index]!.enqueue(new TextEncoder().encode(`data: ${data}\n\n`))
  return {
    fetch,
    say: (index: number, content: string) =>
      write(index, JSON.stringify({ choices: [{ index: 0, delta: { content } }] })),
    end(index: number) {
      write(index, '{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}')
      write(index, '[DONE]')
      bodies[index]!.close()
    },
  }
}

test('asks, shows the question at once and then the answer', async () => {
  const { result } = renderHook(() => useChatStream({ token: false, fetch: answering() }))
  act(() => void result.current.send('Hello?'))
  expect(result.current.status).toBe('submitted')
  expect(result.current.messages.map(textOf)).toEqual(['Hello?', ''])
  await waitFor(() => expect(result.current.status).toBe('ready'))
  expect(result.current.messages.map(({ status }) => status)).toEqual(['complete', 'complete'])
  expect(textOf(result.current.messages[1]!)).not.toBe('')
})

test('renders for what was read alone', () => {
  const chat = createFakeChat()
  const renders = { status: 0, ids: 0, messages: 0 }
  renderHook(() => {
    renders.status += 1
    const { status, send } = useChatStream({ chat })
    return [status, send]
  })
  renderHook(() => {
    renders.ids += 1
    return useChatStream({ chat }).messageIds
  })
  const { result } = renderHook(() => {
    renders.messages += 1
    return useChatStream({ chat }).messages
  })
  act(() => void chat.send('Hello?'))
  for (let index = 0; index < 50; index++) act(() => chat.write('word '))
  act(() => chat.finish())
  expect(renders).toEqual({ status: 4, ids: 2, messages: 53 })
  expect(textOf(result.current[1]!)).toHaveLength(250)
})

test('a component that reads nothing never renders again', () => {
  const chat = createFakeChat()
  let renders = 0
  renderHook(() => {
    renders += 1
    return useChatStream({ chat })
  })
  act(() => void chat.send('Hello?'))
  act(() => chat.write('Hi'))
  act(() => chat.finish())
  expect(renders).toBe(1)
})

test('an event handler of an old render reads the conversation of now', () => {
  const chat = createFakeChat()
  const { result } = renderHook(() => useChatStream({ chat }))
  const old = result.current
  act(() => void chat.send('Hello?'))
  expect(old.messages.map(textOf)).toEqual(['Hello?', ''])
})

test('is a new object when it says something new, and only then', () => {
  const chat = createFakeChat()
  const { result, rerender } = renderHook(() => {
    const stream = useChatStream({ chat })
    return [stream, stream.status] as const
  })
  const [first] = result.current
  rerender()
  expect(result.current[0]).toBe(first)
  act(() => void chat.send('Hello?'))
  expect(result.current[0]).not.toBe(first)
  expect(result.current[0].send).toBe(first.send)
})

test('reads headers, body and callbacks when a turn is sent', async () => {
  const fetch = answering()
  const finished: string[] = []
  const { result, rerender } = renderHook(
    ({ turn }) =>
      useChatStream({
        token: false,
        fetch,
        headers: { 'x-turn': turn },
        body: () => ({ model: turn }),
        onFinish: () => finished.push(turn),
      }),
    { initialProps: { turn: 'first' } },
  )
  await act(() => result.current.send('Hello?'))
  rerender({ turn: 'second' })
  await act(() => result.current.send('Hello again?'))
  expect(finished).toEqual(['first', 'second'])
  const inits = fetch.mock.calls.map(([, init]) => init!)
  expect(inits.map(({ headers }) => new Headers(headers).get('x-turn'))).toEqual([
    'first',
    'second',
  ])
  expect(inits.map(({ body }) => JSON.parse(body as string).model)).toEqual(['first', 'second'])
})

test('a turn sent by the effect of a child takes the options of that very render', async () => {
  const fetch = answering()
  function Child({ turn }: { turn: string }) {
    const { send } = useChatActions()
    useEffect(() => void send(turn), [send, turn])
    return null
  }
  function App({ turn }: { turn: string }) {
    return (
      <ChatProvider options={{ token: false, fetch, headers: { 'x-turn': turn } }}>
        <Child turn={turn} />
      </ChatProvider>
    )
  }
  const { rerender } = render(<App turn="one" />)
  await waitFor(() => expect(fetch).toHaveBeenCalledTimes(1))
  rerender(<App turn="two" />)
  await waitFor(() => expect(fetch).toHaveBeenCalledTimes(2))
  const sent = fetch.mock.calls.map(([, init]) => new Headers(init!.headers).get('x-turn'))
  expect(sent).toEqual(['one', 'two'])
})

test('twenty components of one name in Strict Mode make one request', async () => {
  const fetch = answering()
  const id = newName()
  const streams: ChatStream[] = []
  function Consumer({ index, sends }: { index: number; sends: boolean }) {
    const stream = useChatStream({ id, token: false, fetch })
    const { send } = stream
    streams[index] = stream
    useEffect(() => {
      if (sends && stream.chat.getSnapshot().messageIds.length === 0) void send('Hello?')
    }, [send, sends, stream.chat])
    return <output>{stream.messages.length}</output>
  }
  const { container } = render(
    <StrictMode>
      {Array.from({ length: 20 }, (_, index) => (
        <Consumer key={index} index={index} sends={index === 7} />
      ))}
    </StrictMode>,
  )
  await waitFor(() => expect(streams[0]!.status).toBe('ready'))
  await waitFor(() => expect(container.textContent).toBe('2'.repeat(20)))
  expect(fetch).toHaveBeenCalledTimes(1)
  expect(new Set(streams.map(({ chat }) => chat)).size).toBe(1)
})

test('a component that gives only the name leaves the options of the others alone', async () => {
  const fetch = answering()
  const id = newName()
  const { result } = renderHook(() => useChatStream({ id, token: false, fetch }))
  const other = renderHook(() => useChatStream({ id }))
  other.rerender()
  await act(() => other.result.current.send('Hello?'))
  expect(fetch).toHaveBeenCalledTimes(1)
  expect(result.current.messages).toHaveLength(2)
})

test('switching names swaps the view while the earlier reply goes on', async () => {
  const { fetch, say, end } = answeringByHand()
  const [first, second] = [newName(), newName()]
  const finished: string[] = []
  const seen: string[] = []
  const { result, rerender } = renderHook(
    ({ id }) => {
      const onFinish = (message: Message) => finished.push(textOf(message))
      const stream = useChatStream({ id, token: false, fetch, onFinish })
      seen.push(`${id}: ${stream.messages.map(textOf).join()}`)
      return stream
    },
    { initialProps: { id: first } },
  )
  act(() => void result.current.send('To the first'))
  await waitFor(() => expect(fetch).toHaveBeenCalledTimes(1))
  rerender({ id: second })
  expect(result.current.messages).toEqual([])
  expect(result.current.status).toBe('ready')
  expect(seen.at(-1)).toBe(`${second}: `)
  act(() => void result.current.send('To the second'))
  await waitFor(() => expect(fetch).toHaveBeenCalledTimes(2))
  say(0, 'from the first')
  end(0)
  await waitFor(() => expect(finished).toEqual(['from the first']))
  expect(result.current.messages.map(textOf)).toEqual(['To the second', ''])
  rerender({ id: first })
  expect(result.current.messages.map(textOf)).toEqual(['To the first', 'from the first'])
  rerender({ id: second })
  say(1, 'from the second')
  end(1)
  await waitFor(() => expect(result.current.status).toBe('ready'))
  expect(result.current.messages.map(textOf)).toEqual(['To the second', 'from the second'])
})

test('an unmounted chat keeps its reply for whoever comes back', async () => {
  const { fetch, say, end } = answeringByHand()
  const id = newName()
  const options: UseChatStreamOptions = { id, token: false, fetch }
  const first = renderHook(() => useChatStream(options))
  act(() => void first.result.current.send('Hello?'))
  await waitFor(() => expect(fetch).toHaveBeenCalledTimes(1))
  first.unmount()
  say(0, 'Still ')
  const again = renderHook(() => useChatStream(options))
  expect(again.result.current.status).not.toBe('ready')
  say(0, 'here.')
  end(0)
  await waitFor(() => expect(again.result.current.status).toBe('ready'))
  expect(again.result.current.messages.map(textOf)).toEqual(['Hello?', 'Still here.'])
  expect(fetch).toHaveBeenCalledTimes(1)
})

test('stops an unused reply where that is wanted, and not while somebody else looks on', async () => {
  const { fetch } = answeringByHand()
  const options: UseChatStreamOptions = { id: newName(), token: false, fetch, whenUnused: 'stop' }
  const one = renderHook(() => useChatStream(options), { wrapper: StrictMode })
  const other = renderHook(() => useChatStream(options))
  const { chat } = one.result.current
  act(() => void one.result.current.send('Hello?'))
  await waitFor(() => expect(fetch).toHaveBeenCalledTimes(1))
  one.unmount()
  await new Promise((resolve) => setTimeout(resolve, 5))
  expect(chat.getSnapshot().status).toBe('submitted')
  other.unmount()
  await waitFor(() => expect(chat.getSnapshot().status).toBe('ready'))
  expect(fetch.mock.calls[0]![1]!.signal!.aborted).toBe(true)
})

test('forgets the chats left longest ago once there are more than twenty', () => {
  const names = Array.from({ length: 25 }, newName)
  const chats = names.map((id) => {
    const { result, unmount } = renderHook(() => useChatStream({ id }))
    unmount()
    return result.current.chat
  })
  const chatOf = (index: number) =>
    renderHook(() => useChatStream({ id: names[index]! })).result.current.chat
  expect(chatOf(24)).toBe(chats[24])
  expect(chatOf(6)).toBe(chats[6])
  expect(chatOf(0)).not.toBe(chats[0])
})

test('without a name each component has a chat of its own', () => {
  const { result } = renderHook(() => [useChatStream(), useChatStream({})] as const)
  const [one, other] = result.current
  expect(one.chat).not.toBe(other.chat)
})

test('without options it is the chat of the provider', () => {
  const chat = createFakeChat()
  const { result } = renderHook(() => [useChatStream().chat, useChatStream({}).chat] as const, {
    wrapper: ({ children }) => <ChatProvider chat={chat}>{children}</ChatProvider>,
  })
  expect(result.current[0]).toBe(chat)
  expect(result.current[1]).not.toBe(chat)
})

test('gives its chat to the hooks below', () => {
  function Count() {
    return useMessageIds().length
  }
  function App() {
    const { chat, send } = useChatStream({ token: false, fetch: answering() })
    return (
      <ChatProvider chat={chat}>
        <Count />
        <button onClick={() => void send('Hello?')}>Ask</button>
      </ChatProvider>
    )
  }
  const { container, getByRole } = render(<App />)
  act(() => getByRole('button').click())
  expect(container.textContent).toBe('2Ask')
})

test('takes a given chat in the place of its own, and gives it back', () => {
  const given = createChat()
  const { result, rerender } = renderHook(
    ({ chat }: { chat: typeof given | undefined }) => useChatStream({ chat }).chat,
    { initialProps: { chat: undefined as typeof given | undefined } },
  )
  const own = result.current
  rerender({ chat: given })
  expect(result.current).toBe(given)
  rerender({ chat: undefined })
  expect(result.current).toBe(own)
})

test('a given chat keeps its own options', () => {
  const chat = createFakeChat()
  renderHook(() => useChatStream({ chat, url: '/elsewhere' }))
  expect(chat.options).toEqual({})
})

test('begins with the messages it was given', () => {
  const { messages } = renderHook(() =>
    useChatStream({ chat: createFakeChat({ history: [{ question: 'A?', reply: 'B.' }] }) }),
  ).result.current
  const options: ChatOptions = { initialMessages: messages }
  const { result } = renderHook(() => useChatStream(options))
  expect(result.current.messages.map(textOf)).toEqual(['A?', 'B.'])
})

test('a provider of options makes one chat and keeps it', () => {
  const seen = new Set<unknown>()
  function Child() {
    seen.add(useChat())
    return null
  }
  const app = (url: string) => (
    <ChatProvider options={{ url }}>
      <Child />
    </ChatProvider>
  )
  const { rerender } = render(app('/one'))
  rerender(app('/two'))
  expect(seen.size).toBe(1)
})
