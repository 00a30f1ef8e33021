import { createScriptedProvider, type ScriptedProvider } from '@parlance/testing/node'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { messagesOf } from './conversation.ts'
import { createLateChat, createLateSessionToken, fetchTalk } from './createLateChat.ts'
import { quick, streamed } from './fixtures/replies.ts'
import { textOf } from './messages.ts'

let provider: ScriptedProvider

beforeEach(async () => {
  provider = await createScriptedProvider()
})
afterEach(() => provider.close())

test('a turn shows at once, and is answered once the code has come', async () => {
  provider.reply(streamed('Hello.'), streamed('Again.'))
  const chat = createLateChat(quick(provider.url))
  const reply = chat.send('Hi')
  expect(chat.getSnapshot().status).toBe('submitted')
  expect(await reply).toMatchObject({ status: 'complete' })
  await chat.send('And?')
  expect(messagesOf(chat.getSnapshot()).map(textOf)).toEqual(['Hi', 'Hello.', 'And?', 'Again.'])
})

test('a turn that is stopped while the code comes asks for nothing', async () => {
  const chat = createLateChat(quick(provider.url))
  const reply = chat.send('Hi')
  chat.stop()
  expect(await reply).toMatchObject({ status: 'stopped' })
  await fetchTalk()
  await new Promise((resolve) => setTimeout(resolve, 20))
  expect(provider.requests).toEqual([])
})

test('all who ask for a session token while the code comes share one session', async () => {
  const asked: unknown[] = []
  const token = createLateSessionToken({
    url: 'https://relay.test/chat',
    fetch: async (input) => {
      asked.push(input)
      return Response.json({ token: `token-${asked.length}`, expires_in: 600 })
    },
  })
  expect(await Promise.all([token(), token()])).toEqual(['token-1', 'token-1'])
  expect(asked).toEqual(['https://relay.test/chat/session'])
})
