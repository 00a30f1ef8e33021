import { afterEach, describe, expect, it, vi } from 'vitest'
import { ChatError, toNetworkError } from './errors.ts'

afterEach(() => vi.unstubAllGlobals())

describe('ChatError', () => {
  it('says its code when given no words', () => {
    expect(new ChatError('stalled').message).toBe('stalled')
    expect(new ChatError('stalled', 'Mine.').message).toBe('Mine.')
  })
})

describe('toNetworkError', () => {
  it('is a failed connection, kept as the cause', () => {
    const cause = new TypeError('fetch failed')
    expect(toNetworkError(cause)).toMatchObject({ code: 'network', retryable: true, cause })
    expect(toNetworkError(undefined).code).toBe('network')
  })

  it('tells a time-out and a device without connection apart', () => {
    expect(toNetworkError(new DOMException('late', 'TimeoutError')).code).toBe('timeout')
    vi.stubGlobal('navigator', { onLine: false })
    expect(toNetworkError(new TypeError('Failed to fetch')).code).toBe('offline')
  })

  it('leaves our own error as it is', () => {
    const error = new ChatError('protocol')
    expect(toNetworkError(error)).toBe(error)
  })
})
