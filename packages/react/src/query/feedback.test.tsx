import { QueryClient, QueryClientProvider, useMutation } from '@tanstack/react-query'
import { act, renderHook, waitFor } from '@testing-library/react'
import { expect, test, vi } from 'vitest'
import { feedbackKey, feedbackOptions, type Rating } from '../query.ts'

const rating: Rating = { replyId: 'r1', rating: 'down', reason: 'Too long' }

function rate(fetch: typeof globalThis.fetch) {
  const client = new QueryClient()
  const options = feedbackOptions({ url: '/relay', fetch, token: async () => 'a-token' })
  const { result } = renderHook(() => useMutation(options), {
    wrapper: ({ children }) => (
      <QueryClientProvider client={client}>{children}</QueryClientProvider>
    ),
  })
  return { result, shown: () => client.getQueryData(feedbackKey('r1')) }
}

test('sends the rating as the relay reads it, and shows it at once', async () => {
  const fetch = vi.fn<typeof globalThis.fetch>(async () => new Response(null, { status: 204 }))
  const { result, shown } = rate(fetch)
  act(() => result.current.mutate(rating))
  await waitFor(() => expect(shown()).toEqual(rating))
  await waitFor(() => expect(result.current.isSuccess).toBe(true))
  const [url, init] = fetch.mock.calls[0]!
  expect(url).toBe('/relay/feedback')
  expect(JSON.parse(init!.body as string)).toEqual({
    reply_id: 'r1',
    rating: 'down',
    reason: 'Too long',
  })
  expect(new Headers(init!.headers).get('authorization')).toBe('Bearer a-token')
  expect(shown()).toEqual(rating)
})

test('takes a refused rating back, with the code of the refusal', async () => {
  const body = JSON.stringify({ error: { code: 'rate_limited', message: 'Slow down' } })
  const { result, shown } = rate(async () => new Response(body, { status: 429 }))
  act(() => result.current.mutate(rating))
  await waitFor(() => expect(result.current.isError).toBe(true))
  expect(result.current.error).toMatchObject({ name: 'ChatError', code: 'rate_limited' })
  expect(shown()).toBeUndefined()
})

test('takes a rating that never arrived back to the one before', async () => {
  const answers: (() => Promise<Response>)[] = [
    async () => new Response(null, { status: 204 }),
    () => Promise.reject(new TypeError('Failed to fetch')),
  ]
  const { result, shown } = rate(() => answers.shift()!())
  await act(() => result.current.mutateAsync(rating))
  act(() => result.current.mutate({ replyId: 'r1', rating: 'up' }))
  await waitFor(() => expect(result.current.isError).toBe(true))
  expect(result.current.error).toMatchObject({ code: 'network' })
  expect(shown()).toEqual(rating)
})
