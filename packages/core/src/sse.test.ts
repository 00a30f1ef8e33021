import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fixturesDir } from '../../../scripts/fixtures.ts'
import { ChatError } from './errors.ts'
import { createSseReader, encodeSseEvent, type SseEvent, type SseReaderOptions } from './sse.ts'

interface SseCase {
  readonly id: string
  readonly title: string
  readonly inputBase64: string
  readonly splits?: readonly (readonly number[])[]
  readonly expect: {
    readonly events: readonly { type: string; data: string; lastEventId: string }[]
    readonly retry: number | null
    readonly comments: readonly string[]
  }
}

const bytesOf = (text: string) => new TextEncoder().encode(text)

function read(pieces: readonly Uint8Array[], options: Partial<SseReaderOptions> = {}) {
  const events: SseEvent[] = []
  const comments: string[] = []
  let retry: number | null = null
  const reader = createSseReader({
    onEvent: (event) => events.push(event),
    onComment: (comment) => comments.push(comment),
    onRetry: (retryMs) => (retry = retryMs),
    ...options,
  })
  for (const piece of pieces) reader.push(piece)
  reader.end()
  return { events, comments, retry }
}

const readText = (text: string, options?: Partial<SseReaderOptions>) =>
  read([bytesOf(text)], options).events.map(({ event, data }) => (event ? { event, data } : data))

function cut(bytes: Uint8Array, offsets: readonly number[]): Uint8Array[] {
  return [0, ...offsets].map((from, at) => bytes.subarray(from, offsets[at]))
}

const folder = fixturesDir()
const cases = folder
  ? (JSON.parse(readFileSync(join(folder, 'sse/cases.json'), 'utf8')) as { cases: SseCase[] }).cases
  : []

describe.skipIf(!folder)('the standard', () => {
  it.for(cases.map((one) => ({ one, name: `${one.id}: ${one.title}` })))('$name', ({ one }) => {
    const bytes = Buffer.from(one.inputBase64, 'base64')
    const singles = Array.from({ length: Math.max(0, bytes.length - 1) }, (_, at) => at + 1)
    for (const offsets of [[], singles, ...(one.splits ?? [])]) {
      const result = read(cut(bytes, offsets), { strict: true })
      const events = result.events.map(({ event, data, id }) => ({
        type: event ?? 'message',
        data,
        lastEventId: id ?? '',
      }))
      expect(events).toEqual(one.expect.events)
      expect(result.retry).toBe(one.expect.retry)
      // The standard gives comments no value; the parser leaves out one space, as it does for fields.
      expect(result.comments).toEqual(one.expect.comments.map((text) => text.replace(/^ /, '')))
    }
  })
})

describe('beyond the standard', () => {
  it('reads a last event without its blank line, if it is whole', () => {
    expect(readText('data: {"a":1}\n\ndata: {"a":2}')).toEqual(['{"a":1}', '{"a":2}'])
    expect(readText('data: {"a":1}\n\ndata: [DONE]\n')).toEqual(['{"a":1}', '[DONE]'])
    expect(readText('event: error\ndata: {}')).toEqual([{ event: 'error', data: '{}' }])
  })

  it('drops a last event that was cut', () => {
    expect(readText('data: {"a":1}\n\ndata: {"a":')).toEqual(['{"a":1}'])
    expect(readText('data: {"a":1}\n\ndata: [DON')).toEqual(['{"a":1}'])
  })

  it('reads data lines one newline apart one by one', () => {
    expect(readText('data: {"a":1}\ndata: {"a":2}\ndata: [DONE]')).toEqual([
      '{"a":1}',
      '{"a":2}',
      '[DONE]',
    ])
    expect(readText('data: {"a":1}\ndata: {"a"')).toEqual(['{"a":1}'])
  })

  it('keeps the lines of one event together', () => {
    expect(readText('data: {\ndata: "a":1}\n\n')).toEqual(['{\n"a":1}'])
    expect(readText('event: note\ndata: one\ndata: two\n\n')).toEqual([
      { event: 'note', data: 'one\ntwo' },
    ])
  })

  it('reads a body that is JSON and no event stream', () => {
    expect(readText('{\n  "error": {"message": "no"}\n}\n')).toEqual([
      '{\n  "error": {"message": "no"}\n}',
    ])
    expect(readText('{"a":1}\n{"a":2}\n')).toEqual(['{"a":1}', '{"a":2}'])
    expect(readText('<html>{"a":1}</html>')).toEqual([])
    expect(readText('{"a":')).toEqual([])
  })

  it('does none of it when strict', () => {
    const options = { strict: true }
    expect(readText('data: {"a":1}', options)).toEqual([])
    expect(readText('{"a":1}', options)).toEqual([])
    expect(readText('data: {"a":1}\ndata: {"a":2}\n\n', options)).toEqual(['{"a":1}\n{"a":2}'])
  })

  it('takes one byte order mark and no second', () => {
    expect(readText('\uFEFFdata: 1\n\n')).toEqual(['1'])
    expect(readText('\uFEFF\uFEFFdata: 1\n\ndata: 2\n\n')).toEqual(['2'])
  })
})

describe('limits', () => {
  const refused = expect.objectContaining({ code: 'protocol' }) as unknown

  it('refuses an event above the cap, whole or in pieces, after what came before it', () => {
    const bytes = bytesOf(`data: 1\n\ndata: ${'x'.repeat(10_000_000)}\n\ndata: 2\n\n`)
    const half = bytes.length / 2
    for (const pieces of [[bytes], cut(bytes, [half]), cut(bytes, [1_000_000, 4_500_000])]) {
      const data: string[] = []
      const reader = createSseReader({ onEvent: (event) => data.push(event.data) })
      expect(() => pieces.forEach((piece) => reader.push(piece))).toThrow(refused)
      expect(() => reader.push(bytesOf('data: 3\n\n'))).toThrow(refused)
      expect(() => reader.end()).toThrow(refused)
      expect(data).toEqual(['1'])
    }
  })

  it('refuses a large event of many lines', () => {
    const reader = createSseReader({ onEvent: () => {}, maxEventChars: 1000 })
    expect(() => {
      for (let line = 0; line < 100; line += 1) reader.push(bytesOf(`data: ${'x'.repeat(50)}\n`))
    }).toThrow(ChatError)
  })

  it('reads a large event under the cap in small pieces, as fast as in one', () => {
    const text = `{"a":"${'x'.repeat(2_000_000)}"}`
    const bytes = bytesOf(`data: ${text}\n\n`)
    const offsets = Array.from(
      { length: Math.floor(bytes.length / 100) },
      (_, at) => at * 100 + 100,
    )
    expect(read(cut(bytes, offsets)).events).toEqual([{ data: text }])
  })

  it('reads 100,000 events', () => {
    const body = bytesOf('data: {"a":1}\n\n'.repeat(100_000))
    expect(read([body]).events).toHaveLength(100_000)
  })
})

describe('encodeSseEvent', () => {
  it('writes what the reader reads', () => {
    const field = fc
      .string({ unit: 'binary', minLength: 1 })
      .filter((text) => !/[\r\n\0]/.test(text))
    const event = fc.record({
      event: fc.option(field, { nil: undefined }),
      data: fc.string({ unit: 'binary' }).filter((text) => !text.includes('\r')),
      id: field,
    })
    fc.assert(
      fc.property(fc.array(event), (events) => {
        const bytes = bytesOf(events.map(encodeSseEvent).join(''))
        expect(read([bytes], { strict: true }).events).toEqual(events)
      }),
    )
  })

  it('lets no field begin a line of its own', () => {
    const evil = 'x\ndata: 1\n\nevent: admin\rdata: 2\r\r\r\ndata: 3\n\n\0'
    const bytes = bytesOf(encodeSseEvent({ event: evil, data: evil, id: evil }))
    const { events } = read([bytes], { strict: true })
    const oneLine = evil.replace(/[\r\n\0]/g, '')
    expect(events).toEqual([{ event: oneLine, id: oneLine, data: evil.replace(/\r\n?/g, '\n') }])
  })
})
