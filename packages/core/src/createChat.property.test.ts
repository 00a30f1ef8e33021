import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Conversation, messageOf, messagesOf, siblingsOf } from './conversation.ts'
import { createChat } from './createChat.ts'
import { chunk, done } from './fixtures/replies.ts'

/** A service that answers in every way there is, as soon as it is let. */
function createService() {
  const gates: (() => void)[] = []
  let at = 0
  const bodies = [
    chunk({ content: 'Hello' }) + chunk({ content: '.' }, { finish_reason: 'stop' }) + done,
    chunk({ content: 'a' }) + chunk({ content: 'b' }, {}, 1) + done,
    chunk({ content: 'Half' }),
    chunk({ tool_calls: [{ index: 0, id: 'k', function: { name: 'own', arguments: '{}' } }] }) +
      chunk({}, { finish_reason: 'tool_calls' }) +
      done,
    chunk({ tool_calls: [{ index: 0, id: 'k', function: { name: 'alien' } }] }) + done,
    `data: {"error":{"code":"overloaded"}}\n\n`,
    done,
    '',
  ]
  const service: typeof fetch = async (_, init) => {
    await new Promise<void>((resolve, reject) => {
      gates.push(resolve)
      init?.signal?.addEventListener('abort', () => reject(new DOMException('', 'AbortError')))
    })
    const body = bodies[at++ % (bodies.length + 1)]
    if (body === undefined) return Response.json({ error: { code: 'overloaded' } }, { status: 400 })
    return new Response(body, { headers: { 'content-type': 'text/event-stream' } })
  }
  return {
    service,
    open: () => gates.shift()?.(),
    openAll: () => gates.splice(0).map((open) => open()),
  }
}

function check(conversation: Conversation) {
  const { tree, messageIds, status } = conversation
  const growing: string[] = []
  for (const id of tree.messages.keys()) {
    const message = messageOf(conversation, id)!
    expect(message.id).toBe(id)
    if (message.parentId !== null) expect(tree.messages.has(message.parentId)).toBe(true)
    const { ids, index } = siblingsOf(conversation, id)
    expect(ids[index]).toBe(id)
    expect(new Set(ids).size).toBe(ids.length)
    // A question and a reply are never alternatives.
    for (const other of ids) expect(messageOf(conversation, other)?.role).toBe(message.role)
    const isGrowing = message.status === 'submitted' || message.status === 'streaming'
    if (isGrowing && message.role === 'assistant') growing.push(id)
    const isOpen = message.parts.some(
      (part) => part.type === 'tool-call' && !/done|failed/.test(part.state),
    )
    expect(isOpen && !isGrowing).toBe(false)
  }
  for (const [parentId, { ids, shownId }] of tree.branches) {
    expect(ids).toContain(shownId)
    for (const id of ids) expect(messageOf(conversation, id)?.parentId).toBe(parentId)
  }
  expect([...tree.live.keys()].sort()).toEqual(growing.sort())
  expect(status === 'submitted' || status === 'streaming').toBe(growing.length > 0)
  // The shown path begins at a root, each message follows the one before, and it ends at a leaf.
  let parentId: string | null = null
  for (const message of messagesOf(conversation)) {
    expect(message.parentId).toBe(parentId)
    expect(tree.branches.get(parentId)?.shownId).toBe(message.id)
    parentId = message.id
  }
  expect(tree.branches.has(parentId)).toBe(false)
  expect(messagesOf(conversation)).toHaveLength(messageIds.length)
}

const action = fc.record({
  what: fc.constantFrom(
    'send',
    'send',
    'send',
    'open',
    'open',
    'settle',
    'stop',
    'regenerate',
    'edit',
    'retry',
    'select',
    'reopen',
    'clear',
  ),
  at: fc.nat(20),
})

test('1,000 random sequences of actions keep the tree whole and leave nothing stuck', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(action, { maxLength: 25 }), async (actions) => {
      const { service, open, openAll } = createService()
      const chat = createChat({
        url: 'http://service.example',
        token: false,
        fetch: service,
        retry: { baseMs: 1 },
        maxToolRounds: 2,
        tools: [{ name: 'own', parameters: {}, run: () => 1 }],
      })
      const promises: Promise<unknown>[] = []
      const failures: unknown[] = []
      chat.subscribe(() => {
        try {
          check(chat.getSnapshot())
        } catch (error) {
          failures.push(error)
        }
      })
      for (const { what, at } of actions) {
        const conversation = chat.getSnapshot()
        const ids = [...conversation.tree.messages.keys()]
        const id = ids[at % (ids.length || 1)] ?? 'none'
        if (what === 'send') promises.push(chat.send(`question ${at}`))
        if (what === 'open') open()
        if (what === 'settle') await new Promise((resolve) => setImmediate(resolve))
        if (what === 'stop') chat.stop()
        if (what === 'regenerate') promises.push(chat.regenerate(id))
        if (what === 'edit') promises.push(chat.edit(id, `edited ${at}`))
        if (what === 'retry') promises.push(chat.retry(at % 2 ? id : undefined))
        if (what === 'select') chat.selectSibling(id, at % 3)
        if (what === 'reopen') chat.setMessages(messagesOf(conversation))
        if (what === 'clear' && at === 0) chat.clear()
      }
      let isOver = false
      const over = Promise.all(promises).then(() => (isOver = true))
      while (!isOver) {
        openAll()
        await new Promise((resolve) => setImmediate(resolve))
      }
      await over
      if (failures.length > 0) throw failures[0]
      check(chat.getSnapshot())
      expect(chat.getSnapshot().status).toMatch(/ready|error/)
      for (const { status } of messagesOf(chat.getSnapshot())) expect(status).not.toBe('submitted')
    }),
    { numRuns: 1000 },
  )
})
