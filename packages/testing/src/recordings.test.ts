import { createSseReader, openai } from '@parlance/core'
import type { ChatEvent } from '@parlance/core'
import { describe, expect, it } from 'vitest'
import { answers } from './answers.ts'
import { bytesOf, type Recording, recordReply, toRecording } from './recording.ts'
import { recordings } from './recordings.ts'

function decode(recording: Recording): ChatEvent[] {
  const decoder = openai.createDecoder()
  const events: ChatEvent[] = []
  const reader = createSseReader({ onEvent: (event) => events.push(...decoder.push(event)) })
  reader.push(bytesOf(recording))
  reader.end()
  return [...events, ...decoder.end()]
}

const textIn = (events: readonly ChatEvent[]) =>
  events.map((event) => (event.type === 'text-delta' ? event.delta : '')).join('')

describe('recordings', () => {
  it.each(Object.entries(answers))('reads back what was scripted: %s', (_, answer) => {
    const events = decode(recordReply(answer))
    expect(textIn(events)).toBe(answer.text ?? '')
    expect(events.filter(({ type }) => type === 'citation')).toHaveLength(
      answer.citations?.length ?? 0,
    )
    expect(events.filter(({ type }) => type === 'tool-call-start')).toHaveLength(
      answer.toolCalls?.length ?? 0,
    )
    expect(events.some(({ type }) => type === 'malformed')).toBe(false)
    expect(events.at(-1)).toEqual({ type: 'reply-end' })
  })

  it('ends a truncated stream and a broken one as such', () => {
    expect(decode(recordings.truncated).at(-1)).toMatchObject({ error: { code: 'truncated' } })
    expect(decode(recordings.brokenOff).at(-1)).toMatchObject({ error: { code: 'provider_error' } })
    const cut = recordReply({ text: 'Half an ans', error: 'truncated' })
    expect(decode(cut).at(-1)).toMatchObject({ error: { code: 'truncated' } })
  })

  it('records refusals that are read as what they are', () => {
    const { status, headers, pieces } = recordings.rateLimited
    const body = pieces.map(({ text }) => text).join('')
    const error = openai.readError({ status, headers: new Headers(headers), body })
    expect(error).toMatchObject({ code: 'rate_limited', retryable: true, retryAfterMs: 20_000 })
  })
})

describe('toRecording', () => {
  it('cuts a stream after each of its events, whatever ends its lines', () => {
    for (const end of ['\n\n', '\r\n\r\n', '\r\r']) {
      const { pieces } = toRecording(`data: 1${end}data: 2${end}data: 3`)
      expect(pieces.map(({ text }) => text)).toEqual([`data: 1${end}`, `data: 2${end}`, 'data: 3'])
    }
  })
})
