import { describe, expect, it } from 'vitest'
import { fixturesDir } from '../../../../scripts/fixtures.ts'
import { chipipay } from './chipipay.ts'
import {
  decodeBody,
  describeRecordings,
  readRecordings,
  readReply,
} from './fixtures/dialectSuite.ts'

const folder = fixturesDir()
const decode = (text: string) => decodeBody(chipipay, [new TextEncoder().encode(text)])

describe.skipIf(!folder)('recorded streams', () => {
  describeRecordings(chipipay, readRecordings(folder, ['text-done']))
})

describe('chipipay', () => {
  it('asks on its two paths, with no field for streaming', () => {
    const turn = {
      model: 'haiku',
      messages: [
        { role: 'system', content: 'You are a helpful assistant.' },
        { role: 'user', content: 'What is USDC?' },
      ],
      stream: false,
      maxTokens: 256,
      temperature: 1,
    } as const
    expect(chipipay.path(turn)).toBe('/ai/chat')
    expect(chipipay.path({ ...turn, stream: true })).toBe('/ai/chat/stream')
    // The document's own request, field by field.
    expect(JSON.stringify(chipipay.toRequestBody(turn))).toBe(
      '{"model":"haiku","messages":[{"role":"system","content":"You are a helpful assistant."},{"role":"user","content":"What is USDC?"}],"max_tokens":256}',
    )
  })

  it('reads the three events of the document', () => {
    expect(
      decode(
        'data: {"text":"token"}\n\ndata: {"done":true,"model":"haiku","provider":"anthropic","usage":{"inputTokens":12,"outputTokens":34,"totalTokens":46},"cost":{"charged":0.0001886,"currency":"USD"}}\n\n',
      ),
    ).toEqual([
      { type: 'reply-start' },
      { type: 'text-delta', choice: 0, delta: 'token' },
      { type: 'reply-start', model: 'haiku', provider: 'anthropic' },
      { type: 'choice-end', choice: 0, reason: 'stop', providerReason: '' },
      {
        type: 'usage',
        usage: { inputTokens: 12, outputTokens: 34, totalTokens: 46 },
        cost: { micros: 189, currency: 'USD', source: 'reported' },
      },
      { type: 'reply-end' },
    ])
    const failed = readReply(decode('data: {"text":"a"}\n\ndata: {"error":"message"}\n\n'))
    expect(failed.error).toMatchObject({ code: 'provider_error', cause: { message: 'message' } })
    expect(failed.texts.get(0)).toBe('a')
  })

  it('reads a whole answer with its price and time', () => {
    expect(
      chipipay.readAnswer({
        text: 'USDC is a stablecoin.',
        model: 'gpt-4o-mini',
        provider: 'openai',
        usage: { inputTokens: 10, outputTokens: 5, totalTokens: 15 },
        cost: { charged: 0.0015, currency: 'USD' },
        finishReason: 'length',
        latencyMs: 812,
      }),
    ).toEqual([
      { type: 'reply-start', model: 'gpt-4o-mini', provider: 'openai' },
      { type: 'text-delta', choice: 0, delta: 'USDC is a stablecoin.' },
      { type: 'choice-end', choice: 0, reason: 'length', providerReason: 'length' },
      {
        type: 'usage',
        usage: { inputTokens: 10, outputTokens: 5, totalTokens: 15 },
        cost: { micros: 1500, currency: 'USD', source: 'reported' },
      },
      { type: 'latency', latencyMs: 812 },
      { type: 'reply-end' },
    ])
    expect(
      readReply(chipipay.readAnswer({ finishReason: 'unknown', text: '' })).ends.get(0),
    ).toMatchObject({ reason: 'other', providerReason: 'unknown' })
  })

  it('takes no sentinel of another wire for its end', () => {
    expect(readReply(decode('data: {"text":"a"}\n\ndata: [DONE]\n\n')).outcome).toBe('truncated')
    expect(
      readReply(decode('data: {"text":"data: [DONE]"}\n\ndata: {"done":true}\n\n')),
    ).toMatchObject({ outcome: 'complete', texts: new Map([[0, 'data: [DONE]']]) })
  })

  it('skips what it cannot read and goes on', () => {
    const reply = readReply(
      decode(
        'data: {"text":"a"}\n\ndata: {"tex\n\ndata: [1]\n\ndata: {"ping":1}\n\ndata: {"text":7}\n\ndata: {"text":"b"}\n\ndata: {"done":true}\n\n',
      ),
    )
    expect(reply.texts.get(0)).toBe('ab')
    expect(reply.outcome).toBe('complete')
    expect(readReply(chipipay.readAnswer({ hello: 1 })).error?.code).toBe('protocol')
    expect(readReply(chipipay.readAnswer(null)).error?.code).toBe('protocol')
  })
})
