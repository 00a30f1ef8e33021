import * as v from 'valibot'
import { expect, it } from 'vitest'
import { z } from 'zod'
import { startRelay, startUpstream } from '../fixtures/startRelay.ts'
import { talk } from '../providers/fixtures/providerSuite.ts'
import { type ServerTool, tool } from './serverTool.ts'

const chunk = (choice: object) =>
  `data: ${JSON.stringify({ id: 'up', choices: [{ index: 0, ...choice }] })}\n\n`

/** A relay whose model calls the tool once with these arguments, and then says that it is done. */
async function call(find: ServerTool, argumentsText: string) {
  let asked = 0
  const upstream = await startUpstream((response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    asked += 1
    const calls = [{ index: 0, id: 'call_0', function: { name: 'find', arguments: argumentsText } }]
    response.end(
      asked === 1
        ? `${chunk({ delta: { tool_calls: calls }, finish_reason: 'tool_calls' })}data: [DONE]\n\n`
        : `${chunk({ delta: { content: 'Done.' }, finish_reason: 'stop' })}data: [DONE]\n\n`,
    )
  })
  const relay = await startRelay({ upstream, tools: { find } })
  const told = await talk(relay, 'Where is A1?')
  const [first, second] = upstream.requests.map(({ body }) => JSON.parse(body) as Body)
  return {
    told,
    parameters: first?.tools[0]?.function.parameters,
    result: JSON.parse(second?.messages.at(-1)?.content ?? 'null') as unknown,
  }
}

interface Body {
  readonly tools: readonly { readonly function: { readonly parameters: unknown } }[]
  readonly messages: readonly { readonly content: string }[]
}

const parameters = {
  type: 'object',
  properties: { number: { type: 'string' }, count: { type: 'number' } },
}

const byZod = tool({
  input: z.object({ number: z.string().min(2), count: z.number().default(1) }),
  // The types are those of the schema: a slip here does not compile.
  run: ({ number, count }) => `${number.toUpperCase()} ${count.toFixed(1)}`,
})
const byValibot = tool({
  input: v.object({
    number: v.pipe(v.string(), v.minLength(2)),
    count: v.optional(v.number(), 1),
  }),
  parameters,
  run: ({ number, count }) => `${number.toUpperCase()} ${count.toFixed(1)}`,
})

it.each([
  ['zod', byZod],
  ['valibot', byValibot],
])('checks what the model passes by %s, with its types and defaults', async (_name, find) => {
  const good = await call(find, '{"number":"a1"}')
  expect(good.told).toMatchObject({ text: 'Done.', ends: ['reply-end'] })
  expect(good.result).toBe('A1 1.0')
  expect(good.parameters).toMatchObject(parameters)
  const bad = await call(find, '{"number":"a"}')
  expect(bad.result).toEqual({ error: expect.stringContaining('The arguments do not fit: ') })
})
