import type { TurnMessage } from './dialects/dialect.ts'
import { type Message, textOf, type ToolCallPart } from './messages.ts'

/**
 * What a model is told of a conversation: texts, the visitor's pictures, and calls of the page's own tools with what
 * they returned. Reasoning and citations stay here, and so do calls the server ran: they are its own affair.
 */
export function toTurnMessages(
  messages: readonly Message[],
  ownTools: ReadonlySet<string>,
): TurnMessage[] {
  return messages.flatMap((message) =>
    message.role === 'user' ? [toQuestion(message)] : toReply(message, ownTools),
  )
}

function toQuestion(message: Message): TurnMessage {
  const { parts } = message
  const images = parts.flatMap((part) => (part.type === 'image' ? [{ url: part.url }] : []))
  return { role: 'user', content: textOf(message), images }
}

/** One reply is as many messages as it took rounds: text and calls, their results, text again. */
function toReply({ parts }: Message, ownTools: ReadonlySet<string>): TurnMessage[] {
  const messages: TurnMessage[] = []
  let content = ''
  let calls: ToolCallPart[] = []

  function endRound() {
    if (content || calls.length > 0) messages.push({ role: 'assistant', content, toolCalls: calls })
    for (const { callId, output } of calls) {
      messages.push({ role: 'tool', content: output ?? '', callId })
    }
    content = ''
    calls = []
  }

  for (const part of parts) {
    if (part.type === 'text') {
      if (calls.length > 0) endRound()
      content += part.text
    } else if (part.type === 'tool-call' && part.output !== undefined && ownTools.has(part.name)) {
      calls.push(part)
    }
  }
  endRound()
  return messages
}
