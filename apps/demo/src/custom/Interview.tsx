import { CodeBlock, StreamingMarkdown } from '@parlance/markdown/react'
import {
  ChatProvider,
  useChatActions,
  useChatStatus,
  useComposer,
  useMessage,
  useMessageIds,
  useStickToBottom,
} from '@parlance/react'

/** A chat set like an interview in a magazine. */
export function Interview() {
  return (
    <ChatProvider options={{ url: '/api/chat' }}>
      <Transcript />
      <QuestionForm />
    </ChatProvider>
  )
}

function Transcript() {
  const ids = useMessageIds()
  const { scrollRef, contentRef } = useStickToBottom()
  return (
    <div className="transcript" ref={scrollRef} role="group" aria-label="Interview" tabIndex={0}>
      <ol ref={contentRef}>
        {ids.length === 0 && <Beginning />}
        {ids.map((id) => (
          <Line key={id} id={id} />
        ))}
      </ol>
    </div>
  )
}

function Line({ id }: { readonly id: string }) {
  const message = useMessage(id)
  const { retry } = useChatActions()
  if (!message) return null
  const { role, status, parts, error } = message
  const isOpen = status === 'failed' || status === 'truncated' || status === 'stopped'
  return (
    <li data-role={role} data-status={status}>
      {parts.map((part, index) => {
        if (part.type === 'text' && role === 'user') return <p key={index}>{part.text}</p>
        if (part.type === 'text')
          return (
            <StreamingMarkdown
              key={index}
              text={part.text}
              streaming={status === 'streaming'}
              components={{ code: CodeBlock }}
            />
          )
        if (part.type !== 'citations') return null
        return (
          <ul key={index} aria-label="Sources">
            {part.citations.map(({ number, title, url }) => (
              <li key={number}>
                <a href={url}>{title}</a>
              </li>
            ))}
          </ul>
        )
      })}
      {role === 'assistant' && isOpen && (
        <p className="note">
          {error?.message ?? 'You stopped this answer.'}{' '}
          <button type="button" onClick={() => void retry(id)}>
            Try again
          </button>
        </p>
      )}
    </li>
  )
}

const questions = ['How does the relay work?', 'How do I theme the widget?', 'Is it accessible?']

function Beginning() {
  const { send } = useChatActions()
  return (
    <li className="beginning">
      <p>What would you like to know?</p>
      {questions.map((question) => (
        <button key={question} type="button" onClick={() => void send(question)}>
          {question}
        </button>
      ))}
    </li>
  )
}

function QuestionForm() {
  const status = useChatStatus()
  const { stop } = useChatActions()
  const { formProps, textareaProps, canSend } = useComposer()
  const isAnswering = status === 'submitted' || status === 'streaming'
  return (
    <form {...formProps}>
      <textarea
        {...textareaProps}
        rows={1}
        placeholder="Your question"
        aria-label="Your question"
      />
      {isAnswering ? (
        <button type="button" onClick={stop}>
          Stop
        </button>
      ) : (
        <button disabled={!canSend}>Ask</button>
      )}
      <p role="status">{isAnswering ? 'Answering…' : ''}</p>
    </form>
  )
}
