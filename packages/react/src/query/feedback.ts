import { type ClientToken, createSessionToken, openai, toNetworkError } from '@parlance/core'
import { mutationOptions, type QueryClient, type UseMutationOptions } from '@tanstack/react-query'

/** What a visitor thinks of a reply. */
export interface Rating {
  /** `replyId` of the message. */
  readonly replyId: string
  readonly rating: 'up' | 'down'
  /** In the visitor's words, 1,000 characters at most. */
  readonly reason?: string | undefined
}

/** Options of {@link feedbackOptions}. */
export interface FeedbackOptions {
  /** Address of the relay. Default `/api/chat`. */
  readonly url?: string | undefined
  /** The chat's `token`: a visitor may rate their own replies alone. Default: a session of its own. */
  readonly token?: ClientToken | undefined
  readonly fetch?: typeof fetch | undefined
}

type FeedbackKey = readonly ['parlance', 'feedback', string]

/** Where the cache holds the rating of a reply. */
export function feedbackKey(replyId: string): FeedbackKey {
  return ['parlance', 'feedback', replyId]
}

interface Before {
  readonly rating: Rating | undefined
}

/**
 * Mutation options that rate a reply: in the cache at once, taken back when the relay refuses. Fails with `ChatError`.
 * Make them once, outside the render.
 */
export function feedbackOptions(
  options: FeedbackOptions = {},
): UseMutationOptions<void, Error, Rating, Before> {
  const { url = '/api/chat', fetch: ask = fetch } = options
  const token = options.token ?? createSessionToken({ url, fetch: ask })

  async function give({ replyId, rating, reason }: Rating) {
    const response = await ask(`${url}/feedback`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${await token()}` },
      body: JSON.stringify({ reply_id: replyId, rating, reason }),
    }).catch((cause: unknown) => {
      throw toNetworkError(cause)
    })
    const { status, headers, ok } = response
    const error = ok
      ? undefined
      : openai.readError({ status, headers, body: await response.text() })
    if (error) throw error
  }

  function show(client: QueryClient, replyId: string, rating: Rating | undefined) {
    const queryKey = feedbackKey(replyId)
    if (rating) client.setQueryData(queryKey, rating)
    else client.removeQueries({ queryKey, exact: true })
  }

  return mutationOptions({
    mutationKey: ['parlance', 'feedback'],
    mutationFn: give,
    onMutate(rating: Rating, { client }): Before {
      const before = client.getQueryData<Rating>(feedbackKey(rating.replyId))
      show(client, rating.replyId, rating)
      return { rating: before }
    },
    onError(_error, { replyId }, before, { client }) {
      show(client, replyId, before?.rating)
    },
  })
}
