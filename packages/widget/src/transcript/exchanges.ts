import type { Message } from '@parlance/core'

/** A question and the replies under it: what stays together on screen. */
export interface Exchange {
  /** Id of its first message. */
  readonly id: string
  readonly messageIds: readonly string[]
  /** A moment of its day, where it is the first exchange of that day; else null. */
  readonly dayMs: number | null
}

/** Groups shown messages, oldest first: each of the visitor's opens an exchange. */
export function toExchanges(
  ids: readonly string[],
  read: (id: string) => Message | undefined,
): readonly Exchange[] {
  const exchanges: { id: string; messageIds: string[]; dayMs: number | null }[] = []
  let day = ''
  for (const id of ids) {
    const message = read(id)
    const open = exchanges.at(-1)
    if (open && message?.role !== 'user') {
      open.messageIds.push(id)
      continue
    }
    const atMs = message?.createdAtMs ?? 0
    const messageDay = new Date(atMs).toDateString()
    exchanges.push({ id, messageIds: [id], dayMs: messageDay === day ? null : atMs })
    day = messageDay
  }
  return exchanges
}

/** More make a frame in which a stretch comes into view longer, fewer make every frame longer. */
const stretchLength = 16

/** Cuts exchanges into stretches, or stretches into chapters, that stay as they are while more come at the end. */
export function toStretches<Item>(items: readonly Item[]): readonly (readonly Item[])[] {
  return Array.from({ length: Math.ceil(items.length / stretchLength) }, (_, index) =>
    items.slice(index * stretchLength, (index + 1) * stretchLength),
  )
}
