import type { ServerResponse } from 'node:http'
import { createAiapiStub, stubKey } from '@parlance/testing/stubs'
import { describe, expect, it } from 'vitest'
import { startRelay, startUpstream, until, type UpstreamRequest } from '../fixtures/startRelay.ts'
import { aiapi } from '../providers/aiapi.ts'
import { serveStub, talk } from '../providers/fixtures/providerSuite.ts'
import { type StandardSchema, tool } from './serverTool.ts'

/** The least a Standard Schema can be. */
const orderSchema: StandardSchema<{ id: string }> = {
  '~standard': {
    version: 1,
    vendor: 'test',
    validate: (value) => {
      const { id } = (value ?? {}) as { id?: unknown }
      return typeof id === 'string'
        ? { value: { id } }
        : { issues: [{ message: '`id` is missing' }] }
    },
    jsonSchema: { input: () => ({ type: 'object', properties: { id: { type: 'string' } } }) },
  },
}

const findOrder = tool({
  description: 'Finds an order.',
  input: orderSchema,
  run: async ({ id }) => ({ id, state: 'on its way' }),
})

interface Call {
  readonly id?: string
  readonly name?: string
  readonly arguments?: string
}

const chunk = (choice: object, more: object = {}) =>
  `data: ${JSON.stringify({ id: 'up', choices: [{ index: 0, ...choice }], ...more })}\n\n`

function writeCalls(response: ServerResponse, calls: readonly Call[], text = '') {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  if (text) response.write(chunk({ delta: { content: text } }))
  for (const [index, call] of calls.entries()) {
    const { id = `call_${index}`, name = 'find_order', arguments: words = '{"id":"A1"}' } = call
    response.write(
      chunk({ delta: { tool_calls: [{ index, id, function: { name, arguments: words } }] } }),
    )
  }
  const usage = { prompt_tokens: 10, completion_tokens: 2, total_tokens: 12 }
  response.end(`${chunk({ delta: {}, finish_reason: 'tool_calls' }, { usage })}data: [DONE]\n\n`)
}

function writeText(response: ServerResponse, text: string) {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  const usage = { prompt_tokens: 30, completion_tokens: 5, total_tokens: 35 }
  response.end(
    `${chunk({ delta: { content: text }, finish_reason: 'stop' }, { usage })}data: [DONE]\n\n`,
  )
}

interface ToldMessage {
  readonly role: string
  readonly content: string
  readonly tool_call_id?: string
  readonly tool_calls?: readonly { id: string }[]
}
const messagesOf = ({ body }: UpstreamRequest) =>
  (JSON.parse(body) as { messages: ToldMessage[] }).messages

/** A relay whose model makes these calls, one list a round, and then answers. */
async function start(
  rounds: readonly (readonly Call[])[],
  options: Parameters<typeof startRelay>[0] = {},
) {
  let asked = 0
  const upstream = await startUpstream((response) => {
    const calls = rounds[asked++]
    if (calls) writeCalls(response, calls, `Round ${asked}. `)
    else writeText(response, 'It is on its way.')
  })
  const relay = await startRelay({ upstream, tools: { find_order: findOrder }, ...options })
  return { relay, upstream, ask: (text = 'Where is A1?') => talk(relay, text) }
}

describe('a tool of the server', () => {
  it('is told to the model, run, and its result is what the model goes on from', async () => {
    const { ask, upstream, relay } = await start([[{}]])
    const told = await ask()
    expect(told.text).toBe('Round 1. It is on its way.')
    expect(told.ends).toEqual(['reply-end'])
    expect(JSON.parse(upstream.requests[0]!.body)).toMatchObject({
      tools: [
        {
          type: 'function',
          function: {
            name: 'find_order',
            description: 'Finds an order.',
            parameters: { type: 'object' },
          },
        },
      ],
    })
    expect(messagesOf(upstream.requests[1]!)).toEqual([
      { role: 'user', content: 'Where is A1?' },
      {
        role: 'assistant',
        content: 'Round 1. ',
        tool_calls: [
          {
            id: 'call_0',
            type: 'function',
            function: { name: 'find_order', arguments: '{"id":"A1"}' },
          },
        ],
      },
      { role: 'tool', content: '{"id":"A1","state":"on its way"}', tool_call_id: 'call_0' },
    ])
    const [entry] = await relay.relay.ledger.entries()
    expect(entry).toMatchObject({
      attempts: 2,
      outcome: 'complete',
      usage: { inputTokens: 40, outputTokens: 7, totalTokens: 47 },
    })
  })

  it('shows a browser its name and outcome, and no more unless it may', async () => {
    const { ask } = await start([[{}]])
    const told = await ask()
    expect(told.events.filter(({ type }) => type.startsWith('tool-'))).toEqual([
      { type: 'tool-call-start', choice: 0, index: 0, callId: 'call_0', name: 'find_order' },
      { type: 'tool-result', choice: 0, callId: 'call_0', output: 'null', outcome: 'ok' },
    ])
    expect(told.raw).not.toContain('on its way"')
    expect(told.events.filter(({ type }) => type === 'choice-end')).toHaveLength(1)
    const open = await start([[{}]], { tools: { find_order: { ...findOrder, show: 'all' } } })
    expect((await open.ask()).events).toContainEqual({
      type: 'tool-result',
      choice: 0,
      callId: 'call_0',
      output: '{"id":"A1","state":"on its way"}',
      outcome: 'ok',
    })
  })

  it('keeps calls of several rounds apart, though their ids repeat', async () => {
    const { ask, upstream } = await start([[{}, { id: 'call_1' }], [{}]])
    const { events } = await ask()
    const starts = events.flatMap((event) =>
      event.type === 'tool-call-start' ? [[event.index, event.callId]] : [],
    )
    expect(starts).toEqual([
      [0, 'call_0'],
      [1, 'call_1'],
      [2, 'call_0_1'],
    ])
    const ids = messagesOf(upstream.requests[2]!).flatMap(({ tool_call_id: id }) => id ?? [])
    expect(ids).toEqual(['call_0', 'call_1', 'call_0_1'])
    const keys = upstream.requests.map(({ headers }) => headers['idempotency-key'])
    expect(new Set(keys).size).toBe(3)
  })

  it.each([
    [{ name: 'drop_tables' }, 'no such tool'],
    [{ name: 'constructor' }, 'no such tool'],
    [{ arguments: '{"id":' }, 'not JSON'],
    [{ arguments: '{"id":7}' }, '`id` is missing'],
    [{ arguments: '' }, '`id` is missing'],
  ])('is not run for a call like %o, and the model is told why', async (call, words) => {
    const { ask, upstream } = await start([[call]])
    const told = await ask()
    expect(told.ends).toEqual(['reply-end'])
    expect(messagesOf(upstream.requests[1]!).at(-1)?.content).toContain(words)
    expect(told.events).toContainEqual(
      expect.objectContaining({ type: 'tool-result', outcome: 'failed' }),
    )
  })

  it('that throws or takes too long tells the model that, and the log more', async () => {
    const broken = tool({
      input: orderSchema,
      run: () => Promise.reject(new Error('the database of A1 is down')),
    })
    const { ask, upstream, relay } = await start([[{}]], { tools: { find_order: broken } })
    await ask()
    expect(messagesOf(upstream.requests[1]!).at(-1)?.content).toBe('{"error":"The tool failed."}')
    expect(relay.logs).toContainEqual(
      expect.objectContaining({
        event: 'tool-failed',
        detail: expect.stringContaining('database'),
      }),
    )

    const slow = tool({ input: orderSchema, timeoutMs: 20, run: () => new Promise(() => {}) })
    const other = await start([[{}]], { tools: { find_order: slow } })
    await other.ask()
    expect(messagesOf(other.upstream.requests[1]!).at(-1)?.content).toContain('took too long')
  })

  it('is called in so many rounds as the owner allows; then the model has to answer', async () => {
    const rounds = [[{}], [{}], [{}], [{}], [{}]]
    const { ask, upstream } = await start(rounds.slice(0, 2), { maxToolRounds: 2 })
    expect((await ask()).ends).toEqual(['reply-end'])
    const choices = upstream.requests.map(
      ({ body }) => (JSON.parse(body) as { tool_choice?: string }).tool_choice,
    )
    expect(choices).toEqual([undefined, undefined, 'none'])

    const stubborn = await start(rounds, { maxToolRounds: 2 })
    const told = await stubborn.ask()
    expect(told.errorCode).toBe('provider_error')
    expect(told.text).toBe('Round 1. Round 2. Round 3. ')
    expect(stubborn.upstream.requests).toHaveLength(3)
  })

  it('is told when the visitor stops, and nobody is asked again', async () => {
    let signal: AbortSignal | undefined
    const slow = tool({
      input: orderSchema,
      run: (_, context) => {
        signal = context.signal
        return new Promise(() => {})
      },
    })
    const { relay, upstream } = await start([[{}]], { tools: { find_order: slow } })
    const leave = new AbortController()
    const response = await relay.ask(
      { stream: true, messages: [{ role: 'user', content: 'a' }] },
      { signal: leave.signal },
    )
    void response.text().catch(() => {})
    await until(() => signal !== undefined)
    leave.abort()
    await until(() => signal!.aborted)
    expect(upstream.requests).toHaveLength(1)
  })

  it('reserves the budget of each round, and gives back what was not used', async () => {
    const { ask, upstream } = await start([[{}]], {
      dailyBudget: { tokens: 2_000 },
      limits: { maxTokens: 700 },
    })
    // Two rounds of 700 fit; what they used is 47.
    for (let times = 0; times < 3; times++) expect((await ask()).ends).toHaveLength(1)
    expect(upstream.requests).toHaveLength(4)
    const tight = await start([[{}]], {
      dailyBudget: { tokens: 1_000 },
      limits: { maxTokens: 700 },
    })
    expect((await tight.ask()).ends).toEqual(['reply-error'])
    expect(tight.upstream.requests).toHaveLength(1)
  })

  it('works with a provider of the documents', async () => {
    const served = await serveStub(
      createAiapiStub(),
      (baseUrl) => aiapi({ apiKey: stubKey, models: { flash: 'gemini-2.5-flash' }, baseUrl }),
      {
        tools: {
          now: tool({
            input: {
              '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value }) },
            },
            parameters: { type: 'object' },
            run: () => 'noon',
          }),
        },
      },
    )
    for (const stream of [true, false]) {
      const told = await served.talk('stub:tool', { stream })
      expect(told.text).toContain('You asked: “"noon"”')
    }
  })
})

it('refuses tools that no model could be told of', async () => {
  const bare: StandardSchema = {
    '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value }) },
  }
  await expect(startRelay({ tools: { a: tool({ input: bare, run: () => 1 }) } })).rejects.toThrow(
    'has no JSON Schema',
  )
  await expect(startRelay({ tools: { 'a b': findOrder } })).rejects.toThrow('must be named')
  await expect(startRelay({ tools: { a: findOrder }, maxToolRounds: 0 })).rejects.toThrow(
    'maxToolRounds',
  )
})
