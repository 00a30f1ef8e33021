import { createScriptedProvider, type ScriptedProvider } from '@parlance/testing/node'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { ChatOptions } from './chatOptions.ts'
import { allMessagesOf, messageOf, messagesOf, siblingsOf } from './conversation.ts'
import { createChat } from './createChat.ts'
import type { Chat } from './createChatWith.ts'
import { chunk, done, quick, streamed } from './fixtures/replies.ts'
import { type Message, textOf } from './messages.ts'

let provider: ScriptedProvider

beforeEach(async () => {
  provider = await createScriptedProvider()
})
afterEach(async () => {
  vi.unstubAllGlobals()
  await provider.close()
})

const create = (more: ChatOptions = {}) => createChat(quick(provider.url, more))
const texts = (chat: Chat) => messagesOf(chat.getSnapshot()).map(textOf)
const statuses = (chat: Chat) => messagesOf(chat.getSnapshot()).map(({ status }) => status)
const bodyOf = (index: number) => provider.requests[index]?.body as Record<string, unknown>
const shown = (chat: Chat) => chat.getSnapshot().messageIds

/** Waits until the shown messages hold this text. */
const until = (chat: Chat, text: string) =>
  expect.poll(() => texts(chat).join('|'), { interval: 5 }).toContain(text)

describe('send', () => {
  test('shows the question at once and resolves with the whole reply', async () => {
    provider.reply(streamed({ model: 'm1', text: 'Hello.', usage: { inputTokens: 3 } }))
    const chat = create()
    const reply = chat.send('Hi')
    expect(texts(chat)).toEqual(['Hi', ''])
    expect(chat.getSnapshot().status).toBe('submitted')
    expect(await reply).toMatchObject({
      status: 'complete',
      model: 'm1',
      usage: { inputTokens: 3 },
    })
    expect(texts(chat)).toEqual(['Hi', 'Hello.'])
    expect(chat.getSnapshot()).toMatchObject({ status: 'ready', error: null, notice: null })
  })

  test('refuses blank text, but not a picture without text', async () => {
    provider.reply(streamed('A cat.'))
    const chat = create()
    expect(await chat.send(' \n ')).toBeNull()
    expect(shown(chat)).toEqual([])
    const url = 'data:image/png;base64,AAAA'
    await chat.send({ text: '', images: [{ type: 'image', url, mediaType: 'image/png' }] })
    expect(bodyOf(0)['messages']).toEqual([
      { role: 'user', content: [{ type: 'image_url', image_url: { url } }] },
    ])
  })

  test('tells the model texts of both sides, without reasoning', async () => {
    provider.reply(streamed({ reasoning: 'Hm.', text: 'One.' }), streamed('Two.'))
    const chat = create()
    await chat.send('First')
    await chat.send('Second')
    expect(bodyOf(1)['messages']).toEqual([
      { role: 'user', content: 'First' },
      { role: 'assistant', content: 'One.' },
      { role: 'user', content: 'Second' },
    ])
  })

  test('sends the id of the server-kept conversation from the second turn on', async () => {
    const start = `data: ${JSON.stringify({ id: 'r', conversation_id: 'k1', choices: [] })}\n\n`
    provider.reply({ chunks: [start, chunk({ content: 'a' }), done] }, streamed('b'))
    const chat = create()
    await chat.send('First')
    await chat.send('Second')
    expect([bodyOf(0)['conversation_id'], bodyOf(1)['conversation_id']]).toEqual([undefined, 'k1'])
  })

  test('while a reply runs waits for its end, in order, however it ends', async () => {
    const first = provider.replyByHand()
    provider.reply({ status: 400 }, streamed('Three.'))
    const chat = create()
    const order: string[] = []
    const sent = ['1', '2', '3'].map((text) => chat.send(text).then(() => order.push(text)))
    first.send(chunk({ content: 'One.' }))
    await until(chat, 'One.')
    expect(texts(chat)).toEqual(['1', 'One.', '2', '3'])
    expect(statuses(chat)).toEqual(['complete', 'streaming', 'submitted', 'submitted'])
    expect(provider.requests).toHaveLength(1)
    first.send(done)
    first.end()
    await Promise.all(sent)
    expect(order).toEqual(['1', '2', '3'])
    expect(texts(chat)).toEqual(['1', 'One.', '2', '', '3', 'Three.'])
    expect(statuses(chat)[3]).toBe('failed')
    expect(chat.getSnapshot().status).toBe('ready')
  })

  test('reads its options when the turn begins, not before', async () => {
    provider.reply(streamed('a'), streamed('b'))
    const chat = create({ headers: { 'x-page': 'one' }, body: { model: 'small' } })
    await chat.send('1')
    chat.setOptions(
      quick(provider.url, {
        headers: async () => ({ 'x-page': 'two' }),
        body: () => ({ model: 'large' }),
      }),
    )
    await chat.send('2')
    expect(provider.requests.map(({ headers }) => headers['x-page'])).toEqual(['one', 'two'])
    expect([bodyOf(0)['model'], bodyOf(1)['model']]).toEqual(['small', 'large'])
  })

  test('fails when a function among the options throws', async () => {
    const body = () => {
      throw new Error('broken')
    }
    const reply = await create({ body }).send('Hi')
    expect(reply).toMatchObject({ status: 'failed', error: { code: 'internal' } })
  })

  test('asks a plain server without token and key', async () => {
    provider.reply(streamed('a'))
    await create({ token: false }).send('Hi')
    expect(provider.requests[0]).toMatchObject({ path: '/v1/chat/completions' })
    expect(provider.requests[0]?.headers).not.toHaveProperty('authorization')
    expect(provider.requests[0]?.headers).not.toHaveProperty('idempotency-key')
  })

  test('makes n choices siblings', async () => {
    const chunks = [
      chunk({ content: 'a' }, {}, 0),
      chunk({ content: 'b' }, {}, 1),
      chunk({ content: 'b' }, {}, 1),
      done,
    ]
    provider.reply({ chunks })
    const chat = create({ body: { n: 2 } })
    const reply = await chat.send('Hi')
    const { ids, index } = siblingsOf(chat.getSnapshot(), reply!.id)
    expect([ids.length, index]).toEqual([2, 0])
    chat.selectSibling(reply!.id, 1)
    expect(texts(chat)).toEqual(['Hi', 'bb'])
    expect(bodyOf(0)['n']).toBe(2)
  })
})

describe('the session', () => {
  test('is opened at the first turn, kept, and renewed once after a 401', async () => {
    let minted = 0
    let asked = 0
    provider.replyAlways(({ path }) => {
      if (path === '/session') return { json: { token: `t${++minted}`, expires_in: 600 } }
      return ++asked === 2
        ? { status: 401, json: { error: { code: 'token_expired' } } }
        : streamed('ok')
    })
    const chat = createChat({ url: provider.url })
    expect(provider.requests).toHaveLength(0)
    await chat.send('1')
    expect(await chat.send('2')).toMatchObject({ status: 'complete' })
    expect(provider.requests.map(({ path }) => path)).toEqual([
      '/session',
      '/v1/chat/completions',
      '/v1/chat/completions',
      '/session',
      '/v1/chat/completions',
    ])
    const keys = provider.requests.map(({ headers }) => headers['idempotency-key'])
    expect(keys[2]).toBe(keys[4])
    expect(keys[1]).not.toBe(keys[2])
    expect(provider.requests[3]?.body).toEqual({ token: 't1' })
  })
})

describe('stop', () => {
  test('keeps what has come and aborts the request', async () => {
    const hand = provider.replyByHand()
    const chat = create()
    const reply = chat.send('Hi')
    hand.send(chunk({ content: 'Half' }))
    await until(chat, 'Half')
    chat.stop()
    expect(chat.getSnapshot().status).toBe('ready')
    expect(await reply).toMatchObject({ status: 'stopped', error: undefined })
    await provider.untilAborted(1)
    hand.send(chunk({ content: ' more' }))
    expect(texts(chat)).toEqual(['Hi', 'Half'])
  })

  test('before the first token aborts the request', async () => {
    provider.reply({ headers: false, then: 'stall' })
    const chat = create()
    const reply = chat.send('Hi')
    await provider.untilRequests(1)
    chat.stop()
    expect(await reply).toMatchObject({ status: 'stopped', parts: [] })
    await provider.untilAborted(1)
  })

  test('lets the turns that wait have theirs', async () => {
    provider.reply({ headers: false, then: 'stall' }, streamed('Two.'))
    const chat = create()
    void chat.send('1')
    const second = chat.send('2')
    await provider.untilRequests(1)
    chat.stop()
    expect(await second).toMatchObject({ status: 'complete' })
    expect(texts(chat)).toEqual(['1', '', '2', 'Two.'])
  })

  test('does nothing when nothing runs', () => {
    const chat = create()
    const before = chat.getSnapshot()
    chat.stop()
    expect(chat.getSnapshot()).toBe(before)
  })

  test('shows the text that waited for its frame, in the same step', async () => {
    const hand = provider.replyByHand()
    const chat = create({ onEvent: (event) => void (event.type === 'choice-end' && chat.stop()) })
    const seen: string[] = []
    chat.subscribe(() => seen.push(`${chat.getSnapshot().status} ${texts(chat).at(-1)}`))
    const reply = chat.send('Hi')
    hand.send(chunk({ content: 'a' }))
    await until(chat, 'a')
    hand.send(chunk({ content: 'b' }))
    hand.send(chunk({}, { finish_reason: 'stop' }))
    expect(await reply).toMatchObject({ status: 'stopped' })
    expect(seen.at(-1)).toBe('ready ab')
    expect(seen.filter((one) => one.startsWith('ready'))).toHaveLength(1)
  })
})

describe('regenerate, edit, retry', () => {
  async function answered(more: ChatOptions = {}) {
    provider.reply(streamed('One.'))
    const chat = create(more)
    const reply = await chat.send('First')
    return { chat, reply: reply! }
  }

  test('regenerate makes a sibling and asks the same', async () => {
    const { chat, reply } = await answered()
    provider.reply(streamed('Other.'))
    const other = await chat.regenerate()
    expect(other?.parentId).toBe(reply.parentId)
    expect(texts(chat)).toEqual(['First', 'Other.'])
    expect(bodyOf(1)).toEqual(bodyOf(0))
    chat.selectSibling(other!.id, 0)
    expect(texts(chat)).toEqual(['First', 'One.'])
    const keys = provider.requests.map(({ headers }) => headers['idempotency-key'])
    expect(keys[0]).not.toBe(keys[1])
  })

  test('regenerate of a running reply stops it', async () => {
    provider.reply({ headers: false, then: 'stall' }, streamed('Better.'))
    const chat = create()
    const first = chat.send('Hi')
    await provider.untilRequests(1)
    await chat.regenerate()
    expect(await first).toMatchObject({ status: 'stopped' })
    expect(texts(chat)).toEqual(['Hi', 'Better.'])
  })

  test('edit keeps the old branch with all that followed', async () => {
    const { chat } = await answered()
    provider.reply(streamed('Two.'), streamed('Changed.'))
    await chat.send('Second')
    const [first] = shown(chat)
    await chat.edit(first!, 'First, better')
    expect(texts(chat)).toEqual(['First, better', 'Changed.'])
    expect(bodyOf(2)['messages']).toEqual([{ role: 'user', content: 'First, better' }])
    chat.selectSibling(shown(chat)[0]!, 0)
    expect(texts(chat)).toEqual(['First', 'One.', 'Second', 'Two.'])
  })

  test('edit keeps the pictures of the question unless others are given', async () => {
    provider.reply(streamed('a'), streamed('b'), streamed('c'))
    const image = {
      type: 'image',
      url: 'data:image/png;base64,AAAA',
      mediaType: 'image/png',
    } as const
    const chat = create()
    await chat.send({ text: 'What?', images: [image] })
    await chat.edit(shown(chat)[0]!, 'What is it?')
    expect(messagesOf(chat.getSnapshot())[0]?.parts).toEqual([
      image,
      { type: 'text', text: 'What is it?' },
    ])
    await chat.edit(shown(chat)[0]!, { text: 'Never mind', images: [] })
    expect(messagesOf(chat.getSnapshot())[0]?.parts).toHaveLength(1)
  })

  test('retry replaces a reply that holds nothing', async () => {
    provider.reply({ status: 400 }, streamed('Now.'))
    const chat = create()
    const failed = await chat.send('Hi')
    expect(failed).toMatchObject({ status: 'failed', error: { code: 'invalid_request' } })
    expect(chat.getSnapshot()).toMatchObject({
      status: 'error',
      error: { code: 'invalid_request' },
    })
    const reply = await chat.retry()
    expect(reply).toMatchObject({ id: failed!.id, status: 'complete', error: undefined })
    expect(siblingsOf(chat.getSnapshot(), reply!.id).ids).toHaveLength(1)
    expect(texts(chat)).toEqual(['Hi', 'Now.'])
  })

  test('retry keeps a cut reply as a sibling', async () => {
    provider.reply({ chunks: [chunk({ content: 'Half' })] }, streamed('Whole.'))
    const chat = create()
    expect(await chat.send('Hi')).toMatchObject({
      status: 'truncated',
      error: { code: 'truncated' },
    })
    expect(texts(chat)).toEqual(['Hi', 'Half'])
    const whole = await chat.retry()
    expect(siblingsOf(chat.getSnapshot(), whole!.id)).toMatchObject({ index: 1 })
    expect(bodyOf(1)).toEqual(bodyOf(0))
  })

  test('retry leaves a complete reply alone, and asks once for two clicks', async () => {
    const { chat } = await answered()
    expect(await chat.retry()).toBeNull()
    provider.reply({ status: 400 }, streamed('Now.'))
    await chat.send('Second')
    const clicks = [chat.retry(), chat.retry()]
    expect((await Promise.all(clicks)).map((reply) => reply?.status)).toEqual([
      'complete',
      undefined,
    ])
    expect(provider.requests).toHaveLength(3)
  })

  test('a question without a reply can be asked again', async () => {
    const question = {
      id: 'q1',
      parentId: null,
      role: 'user',
      status: 'complete',
      createdAtMs: 0,
    } as const
    const initialMessages: Message[] = [{ ...question, parts: [{ type: 'text', text: 'Hi' }] }]
    provider.reply(streamed('Here.'))
    const chat = create({ initialMessages })
    await chat.retry()
    expect(texts(chat)).toEqual(['Hi', 'Here.'])
  })

  test('nothing happens to messages that are not there', async () => {
    const chat = create()
    const before = chat.getSnapshot()
    expect(await chat.regenerate()).toBeNull()
    expect(await chat.regenerate('x')).toBeNull()
    expect(await chat.retry('x')).toBeNull()
    expect(await chat.edit('x', 'y')).toBeNull()
    chat.selectSibling('x', 0)
    expect(chat.getSnapshot()).toBe(before)
  })
})

describe('messages from outside', () => {
  test('clear stops, forgets all and lets go of the turns that wait', async () => {
    provider.reply({ headers: false, then: 'stall' })
    const chat = create()
    const sent = [chat.send('1'), chat.send('2')]
    await provider.untilRequests(1)
    chat.clear()
    expect(chat.getSnapshot()).toMatchObject({
      messageIds: [],
      status: 'ready',
      serverConversationId: null,
      id: '',
    })
    expect((await Promise.all(sent))[1]).toBeNull()
    await provider.untilAborted(1)
    expect(provider.requests).toHaveLength(1)
  })

  test('a kept conversation opens where it was left and goes on', async () => {
    provider.reply(streamed('One.'), streamed('Other.'), streamed('Two.'))
    const chat = create()
    const first = await chat.send('First')
    await chat.regenerate()
    chat.selectSibling(first!.id, 0)
    const kept = allMessagesOf(chat.getSnapshot())
    const again = create()
    again.setMessages(kept, { headId: shown(chat).at(-1), serverConversationId: 'k1' })
    expect(texts(again)).toEqual(['First', 'One.'])
    await again.send('Second')
    expect(bodyOf(2)['conversation_id']).toBe('k1')
    expect(bodyOf(2)['messages']).toHaveLength(3)
  })

  test('are there on a server, where nothing is made up or asked for', () => {
    vi.stubGlobal('crypto', undefined)
    vi.stubGlobal('fetch', undefined)
    const chat = createChat({
      id: 'c1',
      initialMessages: [
        {
          id: 'a',
          parentId: null,
          role: 'assistant',
          parts: [{ type: 'text', text: 'Hello' }],
          status: 'complete',
          createdAtMs: 0,
        },
      ],
    })
    expect(chat.id).toBe('c1')
    expect(chat.getSnapshot().messageIds).toEqual(['a'])
    expect(chat.getSnapshot()).toBe(chat.getSnapshot())
  })
})

describe('listeners and callbacks', () => {
  test('two subscriptions of one listener cause one request and one is left', async () => {
    provider.reply(streamed('a'))
    const chat = create()
    const listener = vi.fn<() => void>()
    const leave = chat.subscribe(listener)
    chat.subscribe(listener)
    leave()
    await chat.send('Hi')
    expect(listener).toHaveBeenCalled()
    expect(provider.requests).toHaveLength(1)
  })

  test('are told of all events, of the end and of an error', async () => {
    provider.reply(streamed('Hello.'), { status: 400 })
    const ended: string[] = []
    const chat = create({
      onEvent: ({ type }) => void ended.push(type),
      onFinish: ({ status }) => void ended.push(status),
      onError: ({ code }) => void ended.push(code),
    })
    await chat.send('1')
    expect(ended).toContain('text-delta')
    expect(ended.slice(-2)).toEqual(['reply-end', 'complete'])
    await chat.send('2')
    expect(ended.slice(-3)).toEqual(['reply-error', 'invalid_request', 'failed'])
  })

  test('that throw are reported and end nothing', async () => {
    const reported = vi.fn<(error: unknown) => void>()
    vi.stubGlobal('reportError', reported)
    const boom = () => {
      throw new Error('broken')
    }
    provider.reply(streamed('Hello.'))
    const chat = create({ onEvent: boom, onFinish: boom, onError: boom })
    expect(await chat.send('Hi')).toMatchObject({ status: 'complete' })
    expect(reported.mock.calls.length).toBeGreaterThan(2)
  })

  test('may send the next turn', async () => {
    provider.reply(streamed('One.'), streamed('Two.'))
    const chat = create({ onFinish: () => void (shown(chat).length < 3 && chat.send('Second')) })
    await chat.send('First')
    await until(chat, 'Two.')
    expect(texts(chat)).toEqual(['First', 'One.', 'Second', 'Two.'])
  })

  test('are told about once a frame however fast events come, and finished messages stay as they are', async () => {
    const initialMessages = Array.from({ length: 200 }, (_, at): Message => ({
      id: `m${at}`,
      parentId: at ? `m${at - 1}` : null,
      role: at % 2 ? 'assistant' : 'user',
      parts: [{ type: 'text', text: `${at}` }],
      status: 'complete',
      createdAtMs: at,
    }))
    provider.reply({
      chunks: [...Array.from({ length: 500 }, () => chunk({ content: 'ab ' })), done],
    })
    const chat = create({ initialMessages })
    let told = 0
    const identities = new Set(messagesOf(chat.getSnapshot()))
    const lists = new Set<readonly string[]>()
    chat.subscribe(() => {
      told++
      lists.add(shown(chat))
      for (const message of messagesOf(chat.getSnapshot()).slice(0, 200)) identities.add(message)
    })
    const reply = await chat.send('Hi')
    expect(textOf(reply!)).toBe('ab '.repeat(500))
    expect(identities.size).toBe(200)
    expect(lists.size).toBe(1)
    expect(told).toBeLessThan(250)
  })

  test('show that a request is tried again, and when', async () => {
    provider.reply({ status: 503 }, streamed('Here.'))
    const chat = create()
    const notices: unknown[] = []
    chat.subscribe(() => {
      const { notice, retryAtMs } = chat.getSnapshot()
      if (notice) notices.push([notice, typeof retryAtMs])
    })
    await chat.send('Hi')
    expect(notices).toEqual([['retrying', 'number']])
    expect(chat.getSnapshot()).toMatchObject({ notice: null, retryAtMs: null })
  })

  test('learn when a refused turn may be sent again', async () => {
    provider.reply({ status: 429, headers: { 'retry-after': '90' } })
    const chat = create()
    await chat.send('Hi')
    const { retryAtMs, error } = chat.getSnapshot()
    expect(error?.code).toBe('rate_limited')
    expect(retryAtMs! - Date.now()).toBeGreaterThan(80_000)
  })

  test('are dropped by dispose, with what runs and waits', async () => {
    provider.reply({ headers: false, then: 'stall' })
    const chat = create()
    const listener = vi.fn<() => void>()
    chat.subscribe(listener)
    const sent = [chat.send('1'), chat.send('2')]
    await provider.untilRequests(1)
    const told = listener.mock.calls.length
    chat.dispose()
    const [first, second] = await Promise.all(sent)
    expect([first?.status, second]).toEqual(['stopped', null])
    await provider.untilAborted(1)
    expect(statuses(chat)).toEqual(['complete', 'stopped', 'stopped'])
    expect(listener.mock.calls.length).toBeLessThanOrEqual(told + 2)
  })
})

test('reads a hidden tab at full speed', async () => {
  vi.stubGlobal('document', { visibilityState: 'hidden' })
  vi.stubGlobal('requestAnimationFrame', () => 1)
  provider.reply({ chunks: [...Array.from({ length: 2000 }, () => chunk({ content: 'x' })), done] })
  const chat = create()
  let told = 0
  chat.subscribe(() => told++)
  const reply = await chat.send('Hi')
  expect(textOf(reply!)).toHaveLength(2000)
  // Question, reply, first text, end, and a timer's beat now and then.
  expect(told).toBeLessThan(30)
})

test('refuses options that make no sense', () => {
  expect(() => createChat({ stallMs: 0 })).toThrow(RangeError)
  expect(() => createChat({ totalMs: Number.NaN })).toThrow('totalMs')
  expect(() => create().setOptions({ firstByteMs: -1 })).toThrow(RangeError)
})

test('makes ids in a page without https', async () => {
  let count = 9
  vi.stubGlobal('crypto', { getRandomValues: (bytes: Uint8Array) => bytes.fill(count++) })
  provider.reply(streamed('a'))
  const chat = create()
  await chat.send('Hi')
  expect(shown(chat)[0]).toBe('9-9-9-9')
})

test('no terminal leaves a chat stuck', async () => {
  const ends = [
    streamed('ok'),
    streamed(''),
    { chunks: [done] },
    { chunks: [] },
    { chunks: [chunk({ content: 'a' })], then: 'reset' },
    { headers: false, then: 'reset' },
    { status: 500 },
    { status: 401 },
    { status: 402, json: {} },
    { json: null },
    { json: { error: 'no' } },
    { chunks: ['data: {]\n\n'] },
    { headers: { 'content-type': 'text/html' }, chunks: ['<p>'] },
  ] as const
  for (const end of ends) {
    provider.replyAlways(end)
    const chat = create()
    const reply = await chat.send('Hi')
    const { status, notice } = chat.getSnapshot()
    expect([status, notice]).toEqual([reply?.status === 'complete' ? 'ready' : 'error', null])
    expect(messageOf(chat.getSnapshot(), reply!.id)?.status).not.toBe('streaming')
  }
})
