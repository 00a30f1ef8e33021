import { messageOf } from '@parlance/core'
import { createFakeChat, type FakeChat } from '@parlance/testing'
import { act, render, renderHook } from '@testing-library/react'
import { memo, type ReactNode, StrictMode, useEffect, useState } from 'react'
import { expect, test, vi } from 'vitest'
import { ChatProvider } from './ChatProvider.tsx'
import { useChat } from './useChat.ts'
import { useChatActions } from './useChatActions.ts'
import { useChatStatus } from './useChatStatus.ts'
import { useConversation } from './useConversation.ts'
import { useMessage } from './useMessage.ts'
import { useMessageIds } from './useMessageIds.ts'
import { useMessageValue } from './useMessageValue.ts'
import { usePart } from './usePart.ts'
import { useSiblings } from './useSiblings.ts'

function withChat(chat: FakeChat) {
  return ({ children }: { children: ReactNode }) => (
    <ChatProvider chat={chat}>{children}</ChatProvider>
  )
}

/** Renders a hook under a chat and counts how often. */
function watch<Value>(chat: FakeChat, useValue: () => Value) {
  let renders = 0
  const { result } = renderHook(
    () => {
      renders += 1
      return useValue()
    },
    { wrapper: withChat(chat) },
  )
  return {
    get value() {
      return result.current
    },
    get renders() {
      return renders
    },
  }
}

const history = [
  { question: 'One?', reply: 'One.' },
  { question: 'Two?', reply: 'Two.' },
]

test('renders a message for its own changes alone', () => {
  const chat = createFakeChat({ history })
  const finished = watch(chat, () => useMessage('m2'))
  act(() => void chat.send('Three?'))
  const growing = watch(chat, () => useMessage('m6'))
  act(() => chat.write('Th'))
  act(() => chat.write('ree.'))
  act(() => chat.finish())
  expect(finished.renders).toBe(1)
  expect(growing.renders).toBe(4)
  expect(growing.value).toMatchObject({ status: 'complete', parts: [{ text: 'Three.' }] })
})

test('renders the list of ids only when a message comes', () => {
  const chat = createFakeChat({ history })
  const ids = watch(chat, useMessageIds)
  act(() => void chat.send('Three?'))
  const { renders } = ids
  for (let index = 0; index < 20; index++) act(() => chat.write('word '))
  act(() => chat.finish())
  expect(ids.value).toEqual(['m1', 'm2', 'm3', 'm4', 'm5', 'm6'])
  expect(ids.renders).toBe(renders)
})

test('renders a part for its own changes alone', () => {
  const chat = createFakeChat()
  act(() => void chat.send('Why?'))
  act(() => chat.reason('Because'))
  const reasoning = watch(chat, () => usePart('m2', 0))
  const text = watch(chat, () => usePart('m2', 1))
  act(() => chat.write('So'))
  act(() => chat.write(' it is.'))
  expect(reasoning.renders).toBe(1)
  expect(reasoning.value).toEqual({ type: 'reasoning', text: 'Because' })
  expect(text.renders).toBe(3)
  expect(text.value).toEqual({ type: 'text', text: 'So it is.' })
})

test('renders the status only when the status changes', () => {
  const chat = createFakeChat()
  const status = watch(chat, useChatStatus)
  act(() => void chat.send('Hello?'))
  expect(status.value).toBe('submitted')
  act(() => chat.write('H'))
  act(() => chat.write('i'))
  act(() => chat.notice('stalled'))
  expect(status.value).toBe('streaming')
  act(() => chat.fail('overloaded'))
  expect(status.value).toBe('error')
  expect(status.renders).toBe(4)
})

test('never renders for actions', () => {
  const chat = createFakeChat()
  const actions = watch(chat, useChatActions)
  const { send, stop, clear } = actions.value
  act(() => void send('Hello?'))
  act(() => chat.write('Hi'))
  act(() => stop())
  expect(chat.getSnapshot().messageIds).toHaveLength(2)
  act(() => clear())
  expect(chat.getSnapshot().messageIds).toHaveLength(0)
  expect(actions.renders).toBe(1)
})

test('tells the versions of a message, and renders when one comes', () => {
  const chat = createFakeChat({ history })
  const siblings = watch(chat, () => useSiblings('m4'))
  act(() => void chat.regenerate('m4'))
  act(() => chat.write('Two again'))
  expect(siblings.value).toEqual({ index: 0, ids: ['m4', 'm5'] })
  expect(siblings.renders).toBe(2)
})

test('says nothing about ids that are gone, and never loops over them', () => {
  const chat = createFakeChat({ history })
  const gone = watch(chat, () => [
    useMessage('nobody'),
    usePart('nobody', 3),
    usePart('m1', 9),
    useSiblings('nobody'),
  ])
  act(() => void chat.send('Three?'))
  act(() => chat.clear())
  expect(gone.value).toEqual([undefined, undefined, undefined, { index: -1, ids: [] }])
  expect(gone.renders).toBe(1)
})

test('a selector that makes a new object renders once a change, and does not loop', () => {
  const chat = createFakeChat({ history })
  const texts = watch(chat, () =>
    useConversation((conversation) =>
      conversation.messageIds.filter((id) => messageOf(conversation, id)?.role === 'user'),
    ),
  )
  expect(texts.value).toEqual(['m1', 'm3'])
  expect(texts.renders).toBe(1)
  act(() => void chat.send('Three?'))
  expect(texts.value).toEqual(['m1', 'm3', 'm5'])
  expect(texts.renders).toBe(2)
})

test('a selector of a row that is being removed may throw', () => {
  const chat = createFakeChat({ history })
  const Row = memo(function Row({ id }: { id: string }) {
    return <li>{useConversation((conversation) => messageOf(conversation, id)!.role)}</li>
  })
  function List() {
    return useMessageIds().map((id) => <Row key={id} id={id} />)
  }
  const { container } = render(<List />, { wrapper: withChat(chat) })
  expect(container.querySelectorAll('li')).toHaveLength(4)
  act(() => chat.clear())
  expect(container.querySelectorAll('li')).toHaveLength(0)
})

test('shows what came between its render and its subscription', () => {
  const chat = createFakeChat()
  function Asks() {
    const { send } = useChatActions()
    // Runs before the effects of the component below it that is rendered later.
    useEffect(() => {
      void send('Hello?')
      chat.write('Hi')
    }, [send])
    return null
  }
  function Status() {
    return <output>{useChatStatus()}</output>
  }
  const { container } = render(
    <>
      <Asks />
      <Status />
    </>,
    { wrapper: withChat(chat) },
  )
  expect(container.textContent).toBe('streaming')
})

test('a changed selector shows its value in the same render', () => {
  const chat = createFakeChat({ history })
  const seen: (string | undefined)[] = []
  const { rerender } = renderHook(
    ({ id }) => {
      const message = useMessage(id)
      seen.push(message?.id)
      return message
    },
    { wrapper: withChat(chat), initialProps: { id: 'm1' } },
  )
  act(() => void chat.send('Three?'))
  rerender({ id: 'm6' })
  expect(seen).toEqual(['m1', 'm6'])
})

test('a changed chat is shown in the same render, and the earlier one is left', () => {
  const first = createFakeChat({ history })
  const second = createFakeChat({ history: [{ question: 'Else?', reply: 'Else.' }] })
  const left = vi.fn<() => void>()
  const { subscribe } = first
  first.subscribe = (listener) => {
    const unsubscribe = subscribe(listener)
    return () => {
      left()
      unsubscribe()
    }
  }
  const seen: number[] = []
  function Count() {
    const ids = useMessageIds()
    seen.push(ids.length)
    return <output>{ids.length}</output>
  }
  const app = (chat: FakeChat) => (
    <ChatProvider chat={chat}>
      <Count />
    </ChatProvider>
  )
  const { rerender, container } = render(app(first))
  rerender(app(second))
  expect(seen).toEqual([4, 2])
  expect(left).toHaveBeenCalledTimes(1)
  act(() => void first.send('Nobody sees this'))
  expect(seen).toHaveLength(2)
  act(() => void second.send('Everybody sees this'))
  expect(container.textContent).toBe('4')
})

test('an unmounted component leaves no listener, also in Strict Mode', () => {
  const chat = createFakeChat()
  let listeners = 0
  const { subscribe } = chat
  chat.subscribe = (listener) => {
    listeners += 1
    const unsubscribe = subscribe(listener)
    return () => {
      listeners -= 1
      unsubscribe()
    }
  }
  function Everything() {
    useMessageIds()
    useChatStatus()
    useMessage('m1')
    return null
  }
  const { unmount } = render(
    <StrictMode>
      <ChatProvider chat={chat}>
        <Everything />
      </ChatProvider>
    </StrictMode>,
  )
  expect(listeners).toBe(3)
  unmount()
  expect(listeners).toBe(0)
})

test('while a reply grows, no row but its own is even asked', () => {
  const chat = createFakeChat({ history })
  let subscriptions = 0
  const { subscribe } = chat
  chat.subscribe = (listener) => {
    subscriptions += 1
    return subscribe(listener)
  }
  const asked: string[] = []
  function Row({ id }: { id: string }) {
    const message = useMessageValue(id, (conversation) => {
      asked.push(id)
      return messageOf(conversation, id)
    })
    return <li>{message?.id}</li>
  }
  act(() => void chat.send('Three?'))
  const ids = chat.getSnapshot().messageIds
  render(
    <>
      {ids.map((id) => (
        <Row key={id} id={id} />
      ))}
    </>,
    { wrapper: withChat(chat) },
  )
  expect(subscriptions).toBe(1)
  asked.length = 0
  for (let index = 0; index < 50; index++) act(() => chat.write('word '))
  expect(new Set(asked)).toEqual(new Set(['m6']))
  act(() => chat.finish())
  expect(new Set(asked)).toEqual(new Set(ids))
})

test('a row mounted in the middle of a reply begins with what is there', () => {
  const chat = createFakeChat()
  act(() => void chat.send('Hello?'))
  act(() => chat.write('Good '))
  let show = (_open: boolean) => {}
  function Toggled() {
    const [isOpen, setOpen] = useState(false)
    show = setOpen
    return isOpen ? <Text /> : null
  }
  function Text() {
    const part = usePart('m2', 0)
    return part?.type === 'text' ? part.text : ''
  }
  const { container } = render(<Toggled />, { wrapper: withChat(chat) })
  act(() => show(true))
  expect(container.textContent).toBe('Good ')
  act(() => chat.write('morning.'))
  expect(container.textContent).toBe('Good morning.')
})

test('says what is missing where there is no chat', () => {
  const silent = vi.spyOn(console, 'error').mockImplementation(() => {})
  expect(() => renderHook(() => useChat())).toThrow('ChatProvider')
  silent.mockRestore()
})
