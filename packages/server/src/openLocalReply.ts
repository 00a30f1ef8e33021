import { ChatError, type ChatEvent, type Turn } from '@parlance/core'
import { toDetail, type Log } from './log.ts'
import type { LocalProvider, ProviderContext } from './provider.ts'
import { isTerminal, type ReplySource } from './replySource.ts'

export interface LocalReplyOptions {
  readonly provider: LocalProvider
  readonly turn: Turn
  readonly context: ProviderContext
  readonly log: Log
}

/** Asks a provider that answers in this process. */
export function openLocalReply({ provider, turn, context, log }: LocalReplyOptions): ReplySource {
  const { signal, replyId } = context
  const iterator = provider.answer(turn, context)[Symbol.asyncIterator]()
  let hasEnded = false
  const aborted = new Promise<never>((_resolve, reject) => {
    const onAbort = () => reject(signal.reason as Error)
    if (signal.aborted) onAbort()
    else signal.addEventListener('abort', onAbort, { once: true })
  })
  // Rejected while nobody reads, it must not end the process.
  aborted.catch(() => {})

  async function next(): Promise<ChatEvent> {
    try {
      const { done, value } = await Promise.race([iterator.next(), aborted])
      return done ? { type: 'reply-error', error: new ChatError('truncated') } : value
    } catch (cause) {
      if (cause instanceof ChatError) return { type: 'reply-error', error: cause }
      const event = { level: 'error', event: 'provider-failed', provider: provider.name } as const
      log.write({ ...event, replyId, detail: toDetail(cause) })
      return { type: 'reply-error', error: new ChatError('internal', undefined, { cause }) }
    }
  }
  const cancel = () => void iterator.return?.()?.then(undefined, () => {})

  return {
    cancel,
    read(take) {
      if (hasEnded) return take(null)
      void next().then((event) => {
        hasEnded = isTerminal(event)
        if (hasEnded) cancel()
        take([event])
      })
    },
  }
}
