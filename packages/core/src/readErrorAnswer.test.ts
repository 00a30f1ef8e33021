import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { fixturesDir } from '../../../scripts/fixtures.ts'
import type { ErrorAnswer } from './dialects/dialect.ts'
import { isChatErrorCode } from './errors.ts'
import { readErrorAnswer, readProviderError } from './readErrorAnswer.ts'
import { readFault, toChatError } from './readFault.ts'

interface ErrorCase {
  readonly id: string
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly expect: {
    readonly status: number
    readonly code: string | null
    readonly type: string | null
    readonly message: string | null
    readonly retryable: boolean
    readonly retryAfterMs: number | null
  }
}

const answerOf = (
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): ErrorAnswer => ({
  status,
  headers: new Headers(headers),
  body: typeof body === 'string' ? body : JSON.stringify(body),
})

function errorOf(status: number, body: unknown, headers?: Record<string, string>) {
  const reading = readErrorAnswer(answerOf(status, body, headers))
  if (!reading) throw new Error('No error was read.')
  return toChatError(reading)
}

const folder = fixturesDir()
const recorded = folder
  ? (JSON.parse(readFileSync(join(folder, 'errors.json'), 'utf8')) as {
      now: string
      cases: ErrorCase[]
    })
  : { now: '', cases: [] }

describe.skipIf(!folder)('recorded error answers', () => {
  it.for(recorded.cases)('$id', (one) => {
    const answer = answerOf(one.status, one.body, one.headers)
    const reading = readErrorAnswer(answer, Date.parse(recorded.now))
    const { status, code, type, message, retryable, retryAfterMs } = one.expect
    const orNull = <Value>(value: Value | undefined) => value ?? null
    expect({
      status: reading?.status,
      code: orNull(reading?.code),
      type: orNull(reading?.type),
      message: orNull(reading?.message),
      retryable: reading?.retryable,
      retryAfterMs: orNull(reading?.retryAfterMs),
    }).toEqual({ status, code, type, message, retryable, retryAfterMs })

    const error = toChatError(reading!)
    expect(error).toMatchObject({ retryable, retryAfterMs: retryAfterMs ?? undefined })
    expect(error.message).toBe(error.code)
    expect(Object.keys(Object.prototype)).toEqual([])
  })
})

describe('readErrorAnswer', () => {
  it('finds no error in an answer', () => {
    const headers = { 'content-type': 'application/json' }
    const fine = { choices: [{ message: { content: 'Hi' } }], error: null, usage: {} }
    expect(readErrorAnswer(answerOf(200, fine, headers))).toBeNull()
    expect(readErrorAnswer(answerOf(200, 'not json', headers))).toBeNull()
    expect(readErrorAnswer(answerOf(204, ''))).toBeNull()
    const ok = { base_resp: { status_code: 0, status_msg: 'success' }, errors: [] }
    expect(readErrorAnswer(answerOf(200, ok, headers))).toBeNull()
  })

  it('takes a page in place of an answer for an error', () => {
    const page = answerOf(200, '<html>Sign in</html>', { 'content-type': 'text/html' })
    expect(readErrorAnswer(page)).toMatchObject({ status: 200 })
  })

  it('reads a list around the error, a list as the error and Baidu’s code', () => {
    const google = [{ error: { code: 429, message: 'm', status: 'RESOURCE_EXHAUSTED' } }]
    const read = (body: unknown) => readErrorAnswer(answerOf(200, body))
    expect(read(google)).toMatchObject({ code: '429', type: 'RESOURCE_EXHAUSTED' })
    expect(read({ error: ['first', 'second'] })).toMatchObject({ message: 'first' })
    expect(read({ error_code: 17, error_msg: 'limit' })).toMatchObject({
      code: '17',
      message: 'limit',
    })
  })

  it('waits until an exhausted bucket is full', () => {
    const wait = (headers: Record<string, string>) =>
      readErrorAnswer(answerOf(429, '', headers), 1_700_000_000_000)?.retryAfterMs
    const left = { 'x-ratelimit-remaining': '0' }
    expect(wait({ ...left, 'x-ratelimit-reset': '1700000030' })).toBe(30_000)
    expect(wait({ ...left, 'x-ratelimit-reset': '1700000030000' })).toBe(30_000)
    expect(wait({ ...left, 'x-ratelimit-reset': '1699999999' })).toBe(0)
    expect(wait({ ...left, 'x-ratelimit-reset': '7' })).toBe(7000)
    const tokens = { 'x-ratelimit-remaining-tokens': '0' }
    expect(wait({ ...tokens, 'x-ratelimit-reset-tokens': '1h2m3.5s' })).toBe(3_723_500)
    expect(wait({ 'x-ratelimit-remaining': '3', 'x-ratelimit-reset': '7' })).toBeUndefined()
    expect(wait({ 'retry-after': '-5' })).toBeUndefined()
    expect(wait({ 'retry-after': 'Tue, 14 Nov 2023 22:13:10 GMT' })).toBe(0)
  })
})

describe('toChatError', () => {
  it('says in our words what the status says', () => {
    const codes = [400, 401, 402, 403, 404, 408, 413, 422, 429, 500, 503, 504, 529].map(
      (status) => errorOf(status, '').code,
    )
    expect(codes).toEqual([
      'invalid_request',
      'unauthorized',
      'payment_required',
      'unauthorized',
      'not_found',
      'timeout',
      'too_large',
      'invalid_request',
      'rate_limited',
      'provider_error',
      'overloaded',
      'timeout',
      'overloaded',
    ])
  })

  it('keeps a code of our own', () => {
    const body = {
      error: {
        code: 'budget_exceeded',
        message: 'x',
        retryable: false,
        retry_after_ms: 5,
        request_id: 'r1',
      },
    }
    expect(errorOf(429, body)).toMatchObject({
      code: 'budget_exceeded',
      retryable: false,
      retryAfterMs: undefined,
      requestId: 'r1',
    })
    expect(isChatErrorCode('toString')).toBe(false)
    expect(isChatErrorCode('__proto__')).toBe(false)
  })

  it('knows a question that is too long by its code or its words', () => {
    const words = "This model's maximum context length is 4096 tokens."
    expect(errorOf(400, { error: { message: words, code: 400 } }).code).toBe('too_large')
    expect(errorOf(400, { error: { code: 'context_length_exceeded' } }).code).toBe('too_large')
    expect(errorOf(400, { error: { code: 'content_filter' } }).code).toBe('content_filter')
  })

  it('keeps the service’s words in the cause, short and without controls', () => {
    const message = `sk-secret\r\nSet-Cookie: a=b\0${'x'.repeat(5000)}`
    const error = readProviderError(answerOf(500, { error: { message } }))!
    expect(error.message).not.toContain('sk-secret')
    const told = (error.cause as { message: string }).message
    expect(told).toMatch(/^sk-secret Set-Cookie: a=b x+$/)
    expect(told).toHaveLength(500)
  })

  it('reads the status a fault in a stream names', () => {
    const read = (body: unknown) => toChatError(readFault(body)!)
    expect(read({ error: { code: 502, message: 'm' } })).toMatchObject({
      code: 'provider_error',
      status: 502,
      retryable: true,
    })
    expect(read({ error: { type: 'overloaded_error' } })).toMatchObject({
      code: 'overloaded',
      retryable: true,
    })
    expect(read({ error: { type: 'invalid_request_error' } })).toMatchObject({
      code: 'invalid_request',
      retryable: false,
    })
    expect(read({ error: 'reset' })).toMatchObject({ code: 'provider_error', retryable: true })
  })
})
