import {
  type Chat,
  type ChatErrorCode,
  ChatError,
  createChat,
  messagesOf,
  siblingsOf,
  textOf,
  toErrorBody,
} from '@parlance/core'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createFakeChat } from './createFakeChat.ts'

/** A chat, and the hand that answers it. */
interface Driven {
  readonly chat: Chat
  readonly write: (text: string) => void
  readonly finish: () => void
  readonly fail: (code: ChatErrorCode) => void
}

function driveFake(): Driven {
  const chat = createFakeChat()
  return {
    chat,
    write: (text) => chat.write(text),
    finish: () => chat.finish(),
    fail: (code) => chat.fail(code),
  }
}

/** The real chat over a stream that is written by hand. What is done before its request is done when that comes. */
function driveReal(): Driven {
  type Body = ReadableStreamDefaultController<Uint8Array>
  const come: ((body: Body) => void)[] = []
  const coming: Promise<Body>[] = []
  let asked = 0
  let answered = 0
  const bodyOf = (index: number) =>
    (coming[index] ??= new Promise<Body>((resolve) => (come[index] = resolve)))

  const chat = createChat({
    token: false,
    retry: false,
    fetch: async (_, init) => {
      const index = asked++
      const body = new ReadableStream<Uint8Array>({
        start(controller) {
          void bodyOf(index)
          come[index]?.(controller)
          init?.signal?.addEventListener('abort', () => controller.error(init.signal?.reason))
        },
      })
      return new Response(body, { headers: { 'content-type': 'text/event-stream' } })
    },
  })
  const send = (data: unknown) => {
    const text = `data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`
    void bodyOf(answered).then((body) => body.enqueue(new TextEncoder().encode(text)))
  }
  const close = () => void bodyOf(answered++).then((body) => body.close())
  const chunk = (delta: object, finish_reason: string | null = null) =>
    send({ choices: [{ index: 0, delta, finish_reason }] })
  const stop = chat.stop.bind(chat)
  chat.stop = () => {
    if (chat.getSnapshot().status === 'streaming') answered++
    stop()
  }
  return {
    chat,
    write: (content) => chunk({ content }),
    finish() {
      chunk({}, 'stop')
      send('[DONE]')
      close()
    },
    fail(code) {
      if (code !== 'truncated') send(toErrorBody(new ChatError(code)))
      close()
    },
  }
}

/** What a reader sees of a chat, ids left out. */
function shown({ chat }: Driven) {
  const conversation = chat.getSnapshot()
  const messages = messagesOf(conversation).map((message) => {
    const { ids } = siblingsOf(conversation, message.id)
    return [message.role, message.status, textOf(message), ids.length]
  })
  return [conversation.status, ...messages]
}

describe.each([
  ['the fake chat', driveFake],
  ['the real chat', driveReal],
])('%s', (_, drive) => {
  function start(): Driven {
    const driven = drive()
    onTestFinished(() => driven.chat.dispose())
    return driven
  }
  const untilShown = (driven: Driven, expected: unknown) =>
    expect.poll(() => shown(driven), { interval: 1 }).toEqual(expected)

  it('shows question and reply from submitted to complete', async () => {
    const driven = start()
    const sent = driven.chat.send('Why?')
    await untilShown(driven, [
      'submitted',
      ['user', 'complete', 'Why?', 1],
      ['assistant', 'submitted', '', 1],
    ])
    driven.write('Because ')
    driven.write('so.')
    await untilShown(driven, [
      'streaming',
      ['user', 'complete', 'Why?', 1],
      ['assistant', 'streaming', 'Because so.', 1],
    ])
    driven.finish()
    expect(await sent).toMatchObject({ status: 'complete', finishReason: 'stop' })
    expect(shown(driven)[0]).toBe('ready')
  })

  it('keeps the partial reply when stopped, and takes the turn that waited', async () => {
    const driven = start()
    void driven.chat.send('One?')
    void driven.chat.send('Two?')
    driven.write('Firs')
    await untilShown(driven, [
      'streaming',
      ['user', 'complete', 'One?', 1],
      ['assistant', 'streaming', 'Firs', 1],
      ['user', 'submitted', 'Two?', 1],
    ])
    driven.chat.stop()
    driven.write('Second')
    driven.finish()
    await untilShown(driven, [
      'ready',
      ['user', 'complete', 'One?', 1],
      ['assistant', 'stopped', 'Firs', 1],
      ['user', 'complete', 'Two?', 1],
      ['assistant', 'complete', 'Second', 1],
    ])
  })

  it('tries an empty failed reply again in its place', async () => {
    const driven = start()
    const sent = driven.chat.send('One?')
    driven.fail('overloaded')
    expect(await sent).toMatchObject({ status: 'failed', error: { code: 'overloaded' } })
    expect(shown(driven)[0]).toBe('error')
    const again = driven.chat.retry()
    driven.write('Yes.')
    driven.finish()
    await again
    expect(shown(driven)).toEqual([
      'ready',
      ['user', 'complete', 'One?', 1],
      ['assistant', 'complete', 'Yes.', 1],
    ])
  })

  it('tries a truncated reply again beside it', async () => {
    const driven = start()
    const sent = driven.chat.send('One?')
    driven.write('Ye')
    driven.fail('truncated')
    expect(await sent).toMatchObject({ status: 'truncated', error: { code: 'truncated' } })
    const again = driven.chat.retry()
    driven.write('Yes.')
    driven.finish()
    await again
    expect(shown(driven)).toEqual([
      'ready',
      ['user', 'complete', 'One?', 1],
      ['assistant', 'complete', 'Yes.', 2],
    ])
  })

  it('makes siblings of further replies and of edited questions', async () => {
    const driven = start()
    const { chat } = driven
    const first = chat.send('One?')
    driven.write('A')
    driven.finish()
    await first
    const second = chat.regenerate()
    driven.write('B')
    driven.finish()
    await second
    const questionId = chat.getSnapshot().messageIds[0] ?? ''
    const third = chat.edit(questionId, 'Other?')
    driven.write('C')
    driven.finish()
    await third
    expect(shown(driven)).toEqual([
      'ready',
      ['user', 'complete', 'Other?', 2],
      ['assistant', 'complete', 'C', 1],
    ])
    chat.selectSibling(questionId, 0)
    expect(shown(driven)).toEqual([
      'ready',
      ['user', 'complete', 'One?', 2],
      ['assistant', 'complete', 'B', 2],
    ])
  })

  it('refuses what cannot be asked', async () => {
    const { chat } = start()
    expect(await chat.send(' \n')).toBeNull()
    expect(await chat.retry()).toBeNull()
    expect(await chat.regenerate()).toBeNull()
    expect(await chat.edit('nobody', 'Hm?')).toBeNull()
  })

  it('forgets everything, and the turns that wait, when cleared', async () => {
    const driven = start()
    const first = driven.chat.send('One?')
    const second = driven.chat.send('Two?')
    driven.chat.clear()
    expect(await first).toMatchObject({ status: 'stopped' })
    expect(await second).toBeNull()
    expect(shown(driven)).toEqual(['ready'])
  })
})
