import { type ChatError, messageOf, messagesOf, siblingsOf, textOf } from '@parlance/core'
import { describe, expect, it, vi } from 'vitest'
import { createFakeChat, type FakeChat } from './createFakeChat.ts'
import { createFakeChatIn, fakeChatStates } from './fakeChatStates.ts'

const texts = (chat: FakeChat) => messagesOf(chat.getSnapshot()).map(textOf)
const lastOf = (chat: FakeChat) => messagesOf(chat.getSnapshot()).at(-1)!

describe('createFakeChat', () => {
  it('begins with the exchanges of its history', () => {
    const chat = createFakeChat({ history: [{ question: 'Hello?', reply: 'Hello.' }] })
    expect(texts(chat)).toEqual(['Hello?', 'Hello.'])
    expect(chat.getSnapshot().status).toBe('ready')
    expect(chat.turns).toEqual([])
  })

  it('answers from its script at once, and is driven by hand after it', async () => {
    const chat = createFakeChat({ replies: ['First.'] })
    const first = await chat.send('One?')
    expect(first && textOf(first)).toBe('First.')
    const second = chat.send('Two?')
    expect(chat.getSnapshot().status).toBe('submitted')
    chat.reason('Well, ')
    chat.write('Sec')
    expect(chat.getSnapshot().status).toBe('streaming')
    chat.write('ond.')
    chat.finish()
    expect(textOf((await second)!)).toBe('Second.')
    expect(lastOf(chat)).toMatchObject({ status: 'complete', finishReason: 'stop' })
    expect(chat.turns.map(({ by, input }) => [by, input.text])).toEqual([
      ['send', 'One?'],
      ['send', 'Two?'],
    ])
  })

  it('tells its listeners of each change, until they leave', () => {
    const chat = createFakeChat({ replies: ['Yes.'] })
    const listener = vi.fn<() => void>()
    const leave = chat.subscribe(listener)
    void chat.send('Hm?')
    expect(listener).toHaveBeenCalled()
    const before = listener.mock.calls.length
    leave()
    void chat.send('And?')
    expect(listener).toHaveBeenCalledTimes(before)
  })

  it('keeps the partial reply when stopped', async () => {
    const chat = createFakeChat()
    const sent = chat.send('Long?')
    chat.write('So far')
    chat.stop()
    expect(await sent).toMatchObject({ status: 'stopped' })
    chat.write(' and no further')
    expect(texts(chat)).toEqual(['Long?', 'So far'])
  })

  it('fails with a code, and is truncated with one', () => {
    const onError = vi.fn<(error: ChatError) => void>()
    const chat = createFakeChat()
    chat.setOptions({ onError })
    void chat.send('One?')
    chat.fail('rate_limited', { retryAfterMs: 5_000 })
    expect(lastOf(chat).status).toBe('failed')
    expect(chat.getSnapshot()).toMatchObject({ status: 'error', error: { code: 'rate_limited' } })
    expect(chat.getSnapshot().retryAtMs).toBeGreaterThan(lastOf(chat).createdAtMs)
    void chat.send('Two?')
    chat.write('Hal')
    chat.fail('truncated')
    expect(lastOf(chat).status).toBe('truncated')
    expect(onError).toHaveBeenCalledTimes(2)
  })

  it('lets a turn wait for the reply before it', () => {
    const chat = createFakeChat({ replies: [] })
    void chat.send('One?')
    void chat.send('Two?')
    chat.write('1')
    chat.finish()
    chat.write('2')
    chat.finish()
    expect(texts(chat)).toEqual(['One?', '1', 'Two?', '2'])
  })

  it('makes siblings of edits and of further replies, and tries a reply again in its place when it never began', () => {
    const chat = createFakeChat({ replies: ['a', 'b'] })
    void chat.send('One?')
    const first = lastOf(chat)
    void chat.regenerate()
    expect(siblingsOf(chat.getSnapshot(), first.id)).toMatchObject({ index: 0 })
    chat.selectSibling(first.id, 1)
    expect(texts(chat)).toEqual(['One?', 'b'])
    void chat.edit('m1', 'Other?')
    chat.fail('network')
    const failed = lastOf(chat)
    void chat.retry()
    chat.write('c')
    chat.finish()
    expect(texts(chat)).toEqual(['Other?', 'c'])
    expect(messageOf(chat.getSnapshot(), failed.id)?.status).toBe('complete')
  })

  it('refuses blank text, and forgets all when cleared', async () => {
    const chat = createFakeChat({ replies: ['Yes.'] })
    expect(await chat.send('  ')).toBeNull()
    await chat.send('So?')
    chat.clear()
    expect(texts(chat)).toEqual([])
  })

  it('can be made in every state', () => {
    const shown = fakeChatStates.map((state) => {
      const chat = createFakeChatIn(state)
      const { status, notice } = chat.getSnapshot()
      return [state, status, notice, messagesOf(chat.getSnapshot()).at(-1)?.status]
    })
    expect(shown).toEqual([
      ['empty', 'ready', null, undefined],
      ['submitted', 'submitted', null, 'submitted'],
      ['streaming', 'streaming', null, 'streaming'],
      ['stalled', 'streaming', 'stalled', 'streaming'],
      ['complete', 'ready', null, 'complete'],
      ['stopped', 'ready', null, 'stopped'],
      ['truncated', 'error', null, 'truncated'],
      ['failed', 'error', null, 'failed'],
      ['rate-limited', 'error', null, 'failed'],
    ])
  })
})
