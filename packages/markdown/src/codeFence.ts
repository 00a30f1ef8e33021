import { unescapeMarkdown } from './entities.ts'
import type { OpenBlock } from './openBlock.ts'

/** Reads the first line of fenced code, without its indentation; undefined when it is none. */
export const readFence = (words: string): Pick<OpenBlock, 'fields' | 'close'> | undefined => {
  const fence = /^(?:`{3,}(?=[^`]*$)|~{3,})/.exec(words)?.[0]
  if (!fence) return undefined
  const info = unescapeMarkdown(words.slice(fence.length).trim())
  const [, language, meta] = /^([^ \t]*)[ \t]*(.*)/s.exec(info) ?? []
  return {
    fields: { language: language || undefined, meta: meta || undefined },
    close: (last, indent) =>
      indent < 4 && last.startsWith(fence) && /^(.)\1*[ \t]*$/.test(last) ? '' : undefined,
  }
}
