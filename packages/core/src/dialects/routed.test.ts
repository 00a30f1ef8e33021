import { describe, expect, it } from 'vitest'
import { fixturesDir } from '../../../../scripts/fixtures.ts'
import {
  decodeBody,
  describeRecordings,
  readRecordings,
  readReply,
} from './fixtures/dialectSuite.ts'
import { routed } from './routed.ts'

const folder = fixturesDir()

describe.skipIf(!folder)('recorded streams', () => {
  describeRecordings(routed, readRecordings(folder, ['openai-chat-payment']))
})

describe('routed', () => {
  it('says whether to stream, always', () => {
    const turn = {
      model: 'qwen/qwen3.5-9b',
      messages: [{ role: 'user', content: 'Hello' }],
      stream: false,
    } as const
    // The document's own request.
    expect(JSON.parse(JSON.stringify(routed.toRequestBody(turn)))).toEqual({
      model: 'qwen/qwen3.5-9b',
      messages: [{ role: 'user', content: 'Hello' }],
      stream: false,
    })
  })

  it('reads the stream of the document', () => {
    const body = `data: {"id":"chatcmpl-abc123","choices":[{"delta":{"content":"Hello"},"index":0,"finish_reason":null}]}

data: {"id":"chatcmpl-abc123","choices":[{"delta":{},"index":0,"finish_reason":"stop"}],"usage":{"prompt_tokens":10,"completion_tokens":2,"total_tokens":12}}

data: [DONE]

`
    const reply = readReply(decodeBody(routed, [new TextEncoder().encode(body)]))
    expect(reply.texts.get(0)).toBe('Hello')
    expect(reply.usage).toMatchObject({ inputTokens: 10, outputTokens: 2, totalTokens: 12 })
    expect(reply.outcome).toBe('complete')
  })

  it('reads the payment events of the document between two pieces of text', () => {
    const chunk = (content: string) =>
      `data: {"id":"a","choices":[{"delta":{"content":"${content}"},"index":0,"finish_reason":null}]}\n\n`
    const voucher =
      'event: payment-need-voucher\ndata: {"channelId":"0x6d0f...","requiredCumulative":"250025","acceptedCumulative":"250000"}\n\n'
    const receipt =
      'event: payment-receipt\ndata: {"challengeId":"...","method":"tempo","reference":"0x...","status":"success"}\n\n'
    const events = decodeBody(routed, [
      new TextEncoder().encode(chunk('a') + voucher + chunk('b') + receipt + 'data: [DONE]\n\n'),
    ])
    expect(events.filter(({ type }) => type === 'named-event')).toEqual([
      {
        type: 'named-event',
        name: 'payment-need-voucher',
        data: {
          channelId: '0x6d0f...',
          requiredCumulative: '250025',
          acceptedCumulative: '250000',
        },
      },
      {
        type: 'named-event',
        name: 'payment-receipt',
        data: { challengeId: '...', method: 'tempo', reference: '0x...', status: 'success' },
      },
    ])
    expect(readReply(events).texts.get(0)).toBe('ab')
  })

  it('reads the answer of the document', () => {
    const reply = readReply(
      routed.readAnswer({
        id: 'chatcmpl-abc',
        object: 'chat.completion',
        created: 1700000000,
        model: 'qwen/qwen3.5-9b',
        choices: [
          { index: 0, message: { role: 'assistant', content: 'Hello!' }, finish_reason: 'stop' },
        ],
        usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 },
      }),
    )
    expect(reply.texts.get(0)).toBe('Hello!')
    expect(reply.usage?.totalTokens).toBe(15)
  })

  it('reads a receipt from its header, and survives one that is none', () => {
    const receipt = {
      challengeId: 'ch_01',
      method: 'tempo',
      reference: '0x9f1c',
      status: 'success',
    }
    const header = btoa(JSON.stringify(receipt))
      .replaceAll('+', '-')
      .replaceAll('/', '_')
      .replace(/=+$/, '')
    expect(routed.readHeaders?.(new Headers({ 'Payment-Receipt': header }))).toEqual([
      { type: 'named-event', name: 'payment-receipt', data: receipt },
    ])
    expect(routed.readHeaders?.(new Headers({ 'Payment-Receipt': '%%%' }))).toEqual([
      { type: 'malformed', data: 'payment-receipt' },
    ])
    expect(routed.readHeaders?.(new Headers())).toEqual([])
  })

  it('tells a bill that is not paid from a challenge to pay', () => {
    const read = (status: number, headers: HeadersInit = {}) =>
      routed.readError({ status, headers: new Headers(headers), body: '' })
    expect(read(402)).toMatchObject({ code: 'payment_required', retryable: false })
    const challenge = read(402, {
      'WWW-Authenticate':
        'Payment id="ch_01", realm="api", method="tempo", intent="session", request="e30"',
    })
    expect(challenge).toMatchObject({
      code: 'payment_required',
      retryable: false,
      message: expect.stringContaining('asks to be paid'),
    })
    expect(read(400)?.code).toBe('invalid_request')
    expect(read(401)?.code).toBe('unauthorized')
    expect(read(502)).toMatchObject({ code: 'provider_error', retryable: true })
    expect(read(503)).toMatchObject({ code: 'overloaded', retryable: true })
  })
})
