import { describe, expect, test } from 'vitest'
import {
  allMessagesOf,
  type Conversation,
  type ConversationAction,
  createConversation,
  messageOf,
  messagesOf,
  reduceConversation,
  siblingsOf,
} from './conversation.ts'
import { ChatError } from './errors.ts'
import type { ChatEvent } from './events.ts'
import { type Message, textOf } from './messages.ts'

const text = (delta: string, choice = 0): ChatEvent => ({ type: 'text-delta', choice, delta })

function message(id: string, parentId: string | null, more: Partial<Message> = {}): Message {
  const role = id.startsWith('q') ? 'user' : 'assistant'
  const parts = [{ type: 'text' as const, text: id }]
  return { id, parentId, role, parts, status: 'complete', createdAtMs: 0, ...more }
}

function after(conversation: Conversation, ...actions: ConversationAction[]): Conversation {
  return actions.reduce(reduceConversation, conversation)
}

const asked = (
  id: string,
  parentId: string | null,
  status: 'complete' | 'submitted' = 'complete',
) =>
  ({
    type: 'question-asked',
    question: message(id, parentId, { status }),
    conversationId: 'c',
  }) as const
const started = (replyId: string, parentId: string) =>
  ({ type: 'reply-started', replyId, parentId, nowMs: 1 }) as const
const read = (replyId: string, ...events: ChatEvent[]) =>
  ({ type: 'events-read', replyId, events }) as const
const settled = { type: 'reply-settled', status: 'complete', nowMs: 2 } as const

const running = after(createConversation(''), asked('q1', null), started('r1', 'q1'))

describe('a growing reply', () => {
  test('shows question and reply before the first byte', () => {
    expect(running.messageIds).toEqual(['q1', 'r1'])
    expect(running.status).toBe('submitted')
    expect(messageOf(running, 'r1')).toMatchObject({
      status: 'submitted',
      parts: [],
      parentId: 'q1',
    })
    expect(running.id).toBe('c')
  })

  test('joins the pieces of a batch into one part, and of the next batch into the same', () => {
    const one = after(running, read('r1', text('Hel'), text('lo')))
    const two = after(one, read('r1', text(', '), text('you')))
    expect(messageOf(two, 'r1')?.parts).toEqual([{ type: 'text', text: 'Hello, you' }])
    expect(two.status).toBe('streaming')
  })

  test('keeps the identity of ids, of other messages and of finished parts', () => {
    const events: ChatEvent[] = [{ type: 'reasoning-delta', choice: 0, delta: 'Hm.' }, text('A')]
    const one = after(running, read('r1', ...events))
    const two = after(one, read('r1', text('B')))
    expect(two.messageIds).toBe(one.messageIds)
    expect(messageOf(two, 'q1')).toBe(messageOf(one, 'q1'))
    expect(messageOf(two, 'r1')).not.toBe(messageOf(one, 'r1'))
    expect(messageOf(two, 'r1')?.parts[0]).toBe(messageOf(one, 'r1')?.parts[0])
  })

  test('takes up what is known of the reply', () => {
    const conversation = after(
      running,
      read(
        'r1',
        { type: 'reply-start', replyId: 's1', model: 'm', provider: 'p', conversationId: 'k' },
        {
          type: 'usage',
          usage: { inputTokens: 2 },
          cost: { micros: 5, currency: 'USD', source: 'reported' },
        },
        { type: 'latency', latencyMs: 7 },
        { type: 'named-event', name: 'payment-receipt', data: { paid: 1 } },
        { type: 'named-event', name: 'other', data: 1 },
        { type: 'malformed', data: '{' },
        { type: 'malformed', data: '{' },
        { type: 'choice-end', choice: 0, reason: 'length', providerReason: 'max' },
      ),
      settled,
    )
    expect(messageOf(conversation, 'r1')).toMatchObject({
      status: 'complete',
      replyId: 's1',
      model: 'm',
      provider: 'p',
      usage: { inputTokens: 2 },
      cost: { micros: 5 },
      latencyMs: 7,
      receipt: { paid: 1 },
      malformedEvents: 2,
      finishReason: 'length',
    })
    expect(conversation.serverConversationId).toBe('k')
  })

  test('does not break a text in two where a source is told', () => {
    const citation = { number: 1, url: 'https://a.example/' }
    const conversation = after(
      running,
      read('r1', text('- one'), { type: 'citation', choice: 0, citation }),
      read('r1', text('\n- two')),
    )
    expect(messageOf(conversation, 'r1')?.parts).toEqual([
      { type: 'text', text: '- one\n- two' },
      { type: 'citations', citations: [citation] },
    ])
  })

  test('keeps one source for each number, in their order', () => {
    const cite = (number: number, title: string): ChatEvent => ({
      type: 'citation',
      choice: 0,
      citation: { number, title },
    })
    const { parts = [] } =
      messageOf(after(running, read('r1', cite(2, 'b'), cite(1, 'a'), cite(2, 'B'))), 'r1') ?? {}
    expect(parts).toEqual([
      {
        type: 'citations',
        citations: [
          { number: 1, title: 'a' },
          { number: 2, title: 'B' },
        ],
      },
    ])
  })

  test('gathers a call of a tool and its result', () => {
    const conversation = after(
      running,
      read(
        'r1',
        text('Look.'),
        { type: 'tool-call-start', choice: 0, index: 0, callId: 'k1', name: 'find' },
        { type: 'tool-call-start', choice: 0, index: 1, callId: 'k2', name: 'find' },
        { type: 'tool-call-delta', choice: 0, index: 1, delta: '{"b"' },
        { type: 'tool-call-delta', choice: 0, index: 0, delta: '{}' },
      ),
      read(
        'r1',
        { type: 'tool-call-delta', choice: 0, index: 1, delta: ':1}' },
        { type: 'tool-call-delta', choice: 0, index: 9, delta: 'lost' },
        { type: 'tool-result', choice: 0, callId: 'k1', output: '"x"', outcome: 'ok' },
      ),
      settled,
    )
    expect(messageOf(conversation, 'r1')?.parts).toEqual([
      { type: 'text', text: 'Look.' },
      {
        type: 'tool-call',
        callId: 'k1',
        name: 'find',
        argumentsText: '{}',
        state: 'done',
        output: '"x"',
      },
      // Nobody has run it: it cannot be running still when the reply is over.
      { type: 'tool-call', callId: 'k2', name: 'find', argumentsText: '{"b":1}', state: 'failed' },
    ])
  })

  test('adds up what the rounds of one reply used', () => {
    const used = (inputTokens: number, micros: number): ChatEvent => ({
      type: 'usage',
      usage: { inputTokens },
      cost: { micros, currency: 'USD', source: 'reported' },
    })
    const conversation = after(
      running,
      read('r1', used(1, 10), used(2, 20)),
      { type: 'round-ended', replyId: 'r1' },
      read('r1', used(3, 30), used(5, 50)),
    )
    expect(messageOf(conversation, 'r1')).toMatchObject({
      usage: { inputTokens: 7 },
      cost: { micros: 70 },
    })
  })

  test('names the time of the next try when the server did', () => {
    const error = new ChatError('rate_limited', undefined, { retryAfterMs: 500 })
    const conversation = after(running, { ...settled, status: 'failed', error, nowMs: 1000 })
    expect(conversation).toMatchObject({ status: 'error', error, retryAtMs: 1500, notice: null })
    expect(after(conversation, started('r2', 'q1'))).toMatchObject({ error: null, retryAtMs: null })
  })

  test('forgets a notice with the next event', () => {
    const stalled = after(running, { type: 'notice-changed', notice: 'stalled', retryAtMs: null })
    expect(stalled.notice).toBe('stalled')
    expect(after(stalled, read('r1', text('on'))).notice).toBeNull()
  })

  test('takes no events of another reply', () => {
    expect(after(running, read('r9', text('late')))).toBe(running)
    const over = after(running, settled)
    expect(after(over, read('r1', text('late')))).toBe(over)
  })
})

describe('the tree', () => {
  const answered = after(running, read('r1', text('one')), settled)

  test('puts further choices beside the first, and does not show them', () => {
    const conversation = after(
      running,
      read('r1', text('a0'), text('b0', 1), text('a1'), text('b1', 1)),
      read('r1', text('a2'), text('b2', 1)),
      settled,
    )
    expect(conversation.messageIds).toEqual(['q1', 'r1'])
    const { ids, index } = siblingsOf(conversation, 'r1')
    expect([ids, index]).toEqual([['r1', 'r1.1'], 0])
    expect(textOf(messageOf(conversation, 'r1.1')!)).toBe('b0b1b2')
    expect(messageOf(conversation, 'r1.1')?.status).toBe('complete')
  })

  test('tells a further choice what it has in common with the first, and no price twice', () => {
    const conversation = after(
      running,
      read(
        'r1',
        { type: 'reply-start', model: 'm1' },
        { type: 'usage', usage: { outputTokens: 9 } },
        text('a'),
        text('b', 1),
      ),
    )
    expect(messageOf(conversation, 'r1')).toMatchObject({ model: 'm1', usage: { outputTokens: 9 } })
    const other = messageOf(conversation, 'r1.1')
    expect(other).toMatchObject({ model: 'm1', parentId: 'q1', status: 'streaming' })
    expect(other).not.toHaveProperty('usage')
  })

  test('shows another sibling and what follows it', () => {
    const conversation = after(
      answered,
      asked('q2', 'r1'),
      started('r2', 'q2'),
      settled,
      asked('q1b', null),
      started('r1b', 'q1b'),
      settled,
    )
    expect(conversation.messageIds).toEqual(['q1b', 'r1b'])
    const first = after(conversation, { type: 'sibling-selected', messageId: 'q1b', index: 0 })
    expect(first.messageIds).toEqual(['q1', 'r1', 'q2', 'r2'])
    expect(after(first, { type: 'sibling-selected', messageId: 'q1', index: 5 })).toBe(first)
    expect(after(first, { type: 'sibling-selected', messageId: 'q1', index: 0 })).toBe(first)
  })

  test('lets a reply grow that is not shown', () => {
    const growing = after(answered, started('r2', 'q1'))
    const away = after(growing, { type: 'sibling-selected', messageId: 'r2', index: 0 })
    const later = after(away, read('r2', text('two')))
    expect(later.messageIds).toBe(away.messageIds)
    expect(messageOf(later, 'r2')?.parts).toEqual([{ type: 'text', text: 'two' }])
    expect(messagesOf(later)).toEqual(messagesOf(away))
  })

  test('begins a reply anew in its place', () => {
    const failed = after(running, { ...settled, status: 'failed', error: new ChatError('network') })
    const again = after(failed, started('r1', 'q1'))
    expect(again.messageIds).toBe(failed.messageIds)
    expect(messageOf(again, 'r1')).toMatchObject({ status: 'submitted', parts: [] })
    expect(messageOf(again, 'r1')?.error).toBeUndefined()
    expect(siblingsOf(again, 'r1').ids).toEqual(['r1'])
  })

  test('puts questions that waited below the reply they waited for', () => {
    const waiting = after(running, asked('q2', 'r1', 'submitted'), asked('q3', 'q2', 'submitted'))
    expect(waiting.messageIds).toEqual(['q1', 'r1', 'q2', 'q3'])
    const next = after(waiting, settled, started('r2', 'q2'))
    expect(next.messageIds).toEqual(['q1', 'r1', 'q2', 'r2', 'q3'])
    expect(messageOf(next, 'q2')?.status).toBe('complete')
    expect(messageOf(next, 'q3')).toMatchObject({ status: 'submitted', parentId: 'r2' })
  })

  test('gives the same list of messages while none changes', () => {
    const stalled = after(answered, { type: 'notice-changed', notice: 'stalled', retryAtMs: null })
    expect(messagesOf(stalled)).toBe(messagesOf(answered))
    expect(messagesOf(answered)).toBe(messagesOf(answered))
  })
})

describe('kept messages', () => {
  test('are shown along the newest branch, or where they were left', () => {
    const kept = [
      message('q1', null),
      message('r1', 'q1'),
      message('r2', 'q1'),
      message('q2', 'r1'),
    ]
    expect(createConversation('c', kept).messageIds).toEqual(['q1', 'r1', 'q2'])
    expect(createConversation('c', kept, { headId: 'r2' }).messageIds).toEqual(['q1', 'r2'])
    expect(messageOf(createConversation('c', kept), 'r2')).toBe(kept[2])
  })

  test('come back as they were', () => {
    const conversation = after(
      running,
      settled,
      started('r2', 'q1'),
      settled,
      { type: 'sibling-selected', messageId: 'r2', index: 0 },
      asked('q2', 'r1'),
    )
    const headId = conversation.messageIds.at(-1)
    const again = createConversation('c', allMessagesOf(conversation), { headId })
    expect(again.messageIds).toEqual(conversation.messageIds)
    expect(siblingsOf(again, 'r1')).toEqual(siblingsOf(conversation, 'r1'))
  })

  test('follow the message before when their parent is missing, and count once', () => {
    const kept = [
      message('q1', 'gone'),
      message('r1', 'r1'),
      message('r1', null),
      message('q2', 'r1'),
    ]
    expect(createConversation('c', kept).messageIds).toEqual(['q1', 'r1', 'q2'])
  })

  test('are cut off where they were growing', () => {
    const kept = [
      message('q1', null, { status: 'submitted' }),
      message('r1', 'q1', { status: 'streaming' }),
    ]
    const statuses = messagesOf(createConversation('c', kept)).map(({ status }) => status)
    expect(statuses).toEqual(['complete', 'truncated'])
  })

  test('may be named like members of every object', () => {
    const kept = [message('__proto__', null), message('constructor', '__proto__')]
    expect(createConversation('c', kept).messageIds).toEqual(['__proto__', 'constructor'])
  })
})

describe('cost', () => {
  function long(count: number): Conversation {
    const kept = Array.from({ length: count }, (_, at) =>
      message(`${at % 2 ? 'r' : 'q'}${at}`, at ? `${at % 2 ? 'q' : 'r'}${at - 1}` : null),
    )
    return after(
      createConversation('c', kept),
      asked('qn', kept.at(-1)?.id ?? null),
      started('rn', 'qn'),
    )
  }

  test('of a batch does not touch settled messages, however many', () => {
    const before = long(5000)
    const later = after(before, read('rn', text('x')))
    expect(later.tree.messages).toBe(before.tree.messages)
    expect(later.tree.branches).toBe(before.tree.branches)
    expect(later.messageIds).toBe(before.messageIds)
    expect(later.tree.live.size).toBe(1)
  })

  test('keeps 200 finished messages as they are while 500 tokens come', () => {
    const before = long(200)
    const first = messagesOf(before)
    let conversation = before
    for (let at = 0; at < 500; at++) conversation = after(conversation, read('rn', text(`${at} `)))
    const last = messagesOf(conversation)
    expect(last.filter((one, at) => one !== first[at]).map(({ id }) => id)).toEqual(['rn'])
  })

  test('of 16,000 pieces in one batch is one new part', () => {
    const pieces = Array.from({ length: 16_000 }, () => text('ab'))
    const reply = messageOf(after(long(0), read('rn', ...pieces)), 'rn')
    expect(reply?.parts).toHaveLength(1)
    expect(textOf(reply!)).toBe('ab'.repeat(16_000))
  })
})
