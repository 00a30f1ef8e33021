import { createScriptedProvider, type ScriptedProvider } from '@parlance/testing/node'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { ClientTool } from './chatOptions.ts'
import { createChat } from './createChat.ts'
import { chunk, done, quick, streamed } from './fixtures/replies.ts'
import { textOf, type ToolCallPart } from './messages.ts'

let provider: ScriptedProvider

beforeEach(async () => {
  provider = await createScriptedProvider()
})
afterEach(async () => {
  vi.unstubAllGlobals()
  await provider.close()
})

const parameters = { type: 'object' }
const create = (tools: readonly ClientTool[], maxToolRounds?: number) =>
  createChat(quick(provider.url, { tools, maxToolRounds }))
const calling = (...names: string[]) =>
  streamed({
    text: 'Let me see. ',
    toolCalls: names.map((name, input) => ({ name, input: { at: input } })),
  })
const callsOf = (parts: readonly { type: string }[] = []) =>
  parts.filter((part): part is ToolCallPart => part.type === 'tool-call')
const bodyOf = (index: number) =>
  provider.requests[index]!.body as {
    readonly tools: unknown
    readonly messages: readonly (Record<string, unknown> & {
      readonly tool_calls?: readonly { readonly id: string }[]
    })[]
  }
const messagesOf = (index: number) => bodyOf(index).messages

test('runs the called tools and goes on in the same message', async () => {
  provider.reply(calling('weather', 'time'), streamed('Sunny.'))
  const weather = vi.fn<ClientTool['run']>(async () => ({ sky: 'blue' }))
  const time = vi.fn<ClientTool['run']>(() => undefined)
  const chat = create([
    { name: 'weather', description: 'The weather.', parameters, run: weather },
    { name: 'time', parameters, run: time },
  ])
  const reply = await chat.send('Weather?')
  expect(reply?.status).toBe('complete')
  expect(textOf(reply!)).toBe('Let me see. Sunny.')
  expect(chat.getSnapshot().messageIds).toHaveLength(2)
  expect(callsOf(reply?.parts).map(({ state, output }) => [state, output])).toEqual([
    ['done', '{"sky":"blue"}'],
    ['done', 'null'],
  ])
  expect(weather).toHaveBeenCalledExactlyOnceWith({ at: 0 }, { signal: expect.any(AbortSignal) })

  expect(bodyOf(0).tools).toEqual([
    { type: 'function', function: { name: 'weather', description: 'The weather.', parameters } },
    { type: 'function', function: { name: 'time', parameters } },
  ])
  const [, asked, one, two] = messagesOf(1)
  expect(asked).toMatchObject({ role: 'assistant', content: 'Let me see. ' })
  const ids = asked?.tool_calls?.map(({ id }) => id) ?? []
  expect([one, two]).toMatchObject([
    { role: 'tool', content: '{"sky":"blue"}', tool_call_id: ids[0] },
    { role: 'tool', content: 'null', tool_call_id: ids[1] },
  ])
  const keys = provider.requests.map(({ headers }) => headers['idempotency-key'])
  expect(keys[0]).not.toBe(keys[1])
})

test('tells the model of no tool that the server tells of itself', async () => {
  provider.reply(calling('a'), streamed('Done.'))
  const reply = await create([{ name: 'a', run: () => 1 }]).send('Hi')
  expect(textOf(reply!)).toContain('Done.')
  expect([0, 1].map((at) => bodyOf(at).tools)).toEqual([undefined, undefined])
})

test('tells the next turn what the tools returned, in the order of the rounds', async () => {
  provider.reply(calling('a'), calling('a'), streamed('Done.'), streamed('Bye.'))
  const chat = create([{ name: 'a', parameters, run: () => 1 }])
  await chat.send('1')
  await chat.send('2')
  expect(messagesOf(3).map(({ role }) => role)).toEqual([
    'user',
    'assistant',
    'tool',
    'assistant',
    'tool',
    'assistant',
    'user',
  ])
})

test('runs each call once, though services number their calls anew in each round', async () => {
  const call = (id: string) =>
    chunk({ tool_calls: [{ index: 0, id, function: { name: 'a', arguments: '{}' } }] })
  const end = chunk({}, { finish_reason: 'tool_calls' }) + done
  provider.reply(
    { chunks: [call('call_0'), end] },
    { chunks: [call('call_0'), end] },
    streamed('Done.'),
  )
  let count = 0
  const reply = await create([{ name: 'a', parameters, run: () => ++count }]).send('Hi')
  expect(count).toBe(2)
  expect(callsOf(reply?.parts).map(({ output }) => output)).toEqual(['1', '2'])
})

test('does not run a tool again when the request after it is tried again', async () => {
  provider.reply(calling('a'), { status: 503 }, streamed('Done.'))
  const run = vi.fn<ClientTool['run']>(() => 1)
  const reply = await create([{ name: 'a', parameters, run }]).send('Hi')
  expect(reply?.status).toBe('complete')
  expect(run).toHaveBeenCalledTimes(1)
})

test('ends the reply at a tool that is not ours, and runs none beside it', async () => {
  provider.reply(calling('a', 'unknown'))
  const run = vi.fn<ClientTool['run']>()
  const chat = create([{ name: 'a', parameters, run }])
  const reply = await chat.send('Hi')
  expect(reply?.status).toBe('complete')
  expect(callsOf(reply?.parts).map(({ state }) => state)).toEqual(['failed', 'failed'])
  expect(run).not.toHaveBeenCalled()
  expect(provider.requests).toHaveLength(1)
  // A call without a result would make the next request one that services refuse.
  provider.reply(streamed('Hello.'))
  await chat.send('Again')
  expect(messagesOf(1).map(({ role }) => role)).toEqual(['user', 'assistant', 'user'])
})

test('ends after so many rounds', async () => {
  provider.replyAlways(calling('a'))
  const run = vi.fn<ClientTool['run']>(() => 1)
  const reply = await create([{ name: 'a', parameters, run }], 3).send('Hi')
  expect([run.mock.calls.length, provider.requests.length]).toEqual([3, 4])
  expect(reply?.status).toBe('complete')
  expect(callsOf(reply?.parts).at(-1)?.state).toBe('failed')
})

test('tells the model that a tool failed, and the page why', async () => {
  const reported = vi.fn<(error: unknown) => void>()
  vi.stubGlobal('reportError', reported)
  const error = new Error('The password is hunter2.')
  provider.reply(calling('a'), streamed('Sorry.'))
  const run = () => {
    throw error
  }
  const reply = await create([{ name: 'a', parameters, run }]).send('Hi')
  expect(textOf(reply!)).toContain('Sorry.')
  expect(reported).toHaveBeenCalledExactlyOnceWith(error)
  expect(callsOf(reply?.parts)[0]?.state).toBe('failed')
  expect(JSON.stringify(messagesOf(1))).not.toContain('hunter2')
})

test('takes arguments that are no JSON for a failure, and none for an empty object', async () => {
  const call = (index: number, text: string) =>
    chunk({ tool_calls: [{ index, id: `k${index}`, function: { name: 'a', arguments: text } }] })
  provider.reply(
    { chunks: [call(0, '{"cut":'), call(1, ''), chunk({}, { finish_reason: 'stop' }), done] },
    streamed('Done.'),
  )
  const run = vi.fn<ClientTool['run']>(() => 1)
  const reply = await create([{ name: 'a', parameters, run }]).send('Hi')
  expect(callsOf(reply?.parts).map(({ state }) => state)).toEqual(['failed', 'done'])
  expect(run).toHaveBeenCalledExactlyOnceWith({}, expect.anything())
})

test('stops while a tool runs, and asks for no more', async () => {
  provider.reply(calling('a'))
  let signal: AbortSignal | undefined
  const run: ClientTool['run'] = (_, context) => {
    signal = context.signal
    return new Promise(() => {})
  }
  const chat = create([{ name: 'a', parameters, run }])
  const reply = chat.send('Hi')
  await expect.poll(() => signal).toBeDefined()
  chat.stop()
  expect(signal?.aborted).toBe(true)
  expect(callsOf((await reply)?.parts)[0]?.state).toBe('failed')
  expect(provider.requests).toHaveLength(1)
})

test('leaves calls alone that the server ran', async () => {
  provider.reply(
    streamed({ toolCalls: [{ name: 'search', input: {}, output: ['x'] }], text: 'Found.' }),
  )
  provider.reply(streamed('Bye.'))
  const chat = create([])
  const reply = await chat.send('Hi')
  expect(callsOf(reply?.parts)[0]?.state).toBe('done')
  await chat.send('Thanks')
  expect(messagesOf(1).map(({ role }) => role)).toEqual(['user', 'assistant', 'user'])
})
