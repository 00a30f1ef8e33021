import { describe, expect, it } from 'vitest'
import { createChippDialect } from './chipp.ts'
import { decodeBody, readReply } from './fixtures/dialectSuite.ts'

const chipp = createChippDialect()
const sessionId = '550e8400-e29b-41d4-a716-446655440000'
const turn = {
  model: 'myapp-123',
  messages: [{ role: 'user', content: 'Hi' }],
  stream: true,
} as const

describe('chipp', () => {
  it('names a known session in the body, or in the header', () => {
    const known = { ...turn, conversationId: sessionId }
    expect(chipp.toRequestBody(known)).toEqual({ ...turn, chatSessionId: sessionId })
    expect(chipp.toRequestHeaders?.(known)).toEqual({})
    const byHeader = createChippDialect({ sessionIn: 'header' })
    expect(JSON.parse(JSON.stringify(byHeader.toRequestBody(known)))).toEqual(turn)
    expect(byHeader.toRequestHeaders?.(known)).toEqual({ 'x-chat-session-id': sessionId })
    expect(byHeader.toRequestHeaders?.(turn)).toEqual({})
  })

  it('reads the answer of the document and its session', () => {
    const answer = {
      chatSessionId: '550e8400-e29b-41d4-a716-446655440000',
      id: 'chatcmpl-abc123',
      object: 'chat.completion',
      created: 1699451234,
      model: 'myapp-123',
      choices: [
        {
          index: 0,
          message: { role: 'assistant', content: 'Response text' },
          finish_reason: 'stop',
        },
      ],
      usage: { prompt_tokens: 10, completion_tokens: 15, total_tokens: 25 },
    }
    const events = chipp.readAnswer(answer)
    expect(events[0]).toEqual({ type: 'session', sessionId })
    const reply = readReply(events)
    expect(reply.texts.get(0)).toBe('Response text')
    expect(reply.usage).toMatchObject({ inputTokens: 10, outputTokens: 15, totalTokens: 25 })
    expect(reply.outcome).toBe('complete')
  })

  it('reads the session from a chunk, told once, or from a header', () => {
    const chunk = (more: object) =>
      `data: ${JSON.stringify({ chatSessionId: sessionId, ...more })}\n\n`
    const body =
      chunk({}) +
      chunk({ choices: [{ index: 0, delta: { content: 'a' }, finish_reason: 'stop' }] }) +
      'data: [DONE]\n\n'
    const events = decodeBody(chipp, [new TextEncoder().encode(body)])
    expect(events.filter(({ type }) => type === 'session')).toEqual([
      { type: 'session', sessionId },
    ])
    expect(chipp.readHeaders?.(new Headers({ 'X-Chat-Session-ID': sessionId }))).toEqual([
      { type: 'session', sessionId },
    ])
    expect(chipp.readHeaders?.(new Headers())).toEqual([])
    expect(chipp.readHeaders?.(new Headers({ 'X-Chat-Session-ID': 'x'.repeat(300) }))).toEqual([])
  })

  it('tells the errors of the document apart', () => {
    const read = (status: number, error: string) =>
      chipp.readError({
        status,
        headers: new Headers({ 'content-type': 'application/json' }),
        body: JSON.stringify({ error }),
      })
    expect(read(400, '`model` is required and must be a string')?.code).toBe('invalid_request')
    expect(read(400, '`messages` must be a non-empty array')?.code).toBe('invalid_request')
    expect(read(401, 'Missing API key')?.code).toBe('unauthorized')
    expect(read(401, 'Invalid API key')?.code).toBe('unauthorized')
    expect(
      read(401, 'This API is only available on a paid plan.  Visit your dashboard to upgrade.'),
    ).toMatchObject({ code: 'payment_required', retryable: false })
    expect(read(404, 'Unknown model "invalidapp-999"')?.code).toBe('not_found')
    expect(read(500, 'Internal Server Error')).toMatchObject({
      code: 'provider_error',
      retryable: true,
    })
  })
})
