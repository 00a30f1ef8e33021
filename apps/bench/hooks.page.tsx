// Runs in the browser: one chat per contender, drawn as a list of memoised rows. Called by hooks.mjs.
import { OpenAIChatProvider, useXChat, XRequest } from '@ant-design/x-sdk'
import { useChat as useAiChat } from '@ai-sdk/react'
import {
  AssistantRuntimeProvider,
  type ChatModelAdapter,
  MessagePrimitive,
  ThreadPrimitive,
  useLocalRuntime,
} from '@assistant-ui/react'
import { fetchServerSentEvents, useChat as useTanStackChat } from '@tanstack/ai-react'
import { DefaultChatTransport } from 'ai'
import { memo, type ReactNode, useEffect, useMemo, useRef, useState } from 'react'
import { createRoot } from 'react-dom/client'
import { createChat, textOf } from '../../packages/core/src/index.ts'
import { ChatProvider, useMessage, useMessageIds } from '../../packages/react/src/index.ts'

interface Setup {
  /** Finished messages to begin with. */
  readonly history: number
  /** Where an answer comes from, in the wire the contender reads. */
  readonly url: string
}

type Ask = (question: string) => void

let ask: Ask = () => {}
const count = { rows: 0 }
const old = (index: number) => ({
  id: `old-${index}`,
  role: index % 2 === 0 ? ('user' as const) : ('assistant' as const),
  text: `Message ${index}: a few words of an earlier exchange, as long as such things are.`,
})
const earlier = (length: number) => Array.from({ length }, (_, index) => old(index))
const useAsk = (next: Ask) =>
  useEffect(() => {
    ask = next
  })

const Row = memo(function Row({ text }: { text: string }) {
  count.rows += 1
  return <li>{text}</li>
})

/** The shortest way from bytes to the page: what nothing in React can beat. */
function limit({ history, url }: Setup) {
  const list = document.querySelector('ul')!
  const line = (text: string) => {
    const row = document.createElement('li')
    row.append(text)
    list.append(row)
    return row
  }
  for (const { text } of earlier(history)) line(text)
  ask = async (question) => {
    line(question)
    const text = document.createTextNode('')
    line('').append(text)
    await readEvents(url, (content) => text.appendData(content))
  }
}

async function readEvents(url: string, onContent: (content: string) => void) {
  const response = await fetch(url, { method: 'POST', body: '{}' })
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
  let rest = ''
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    const events = (rest + value).split('\n\n')
    rest = events.pop()!
    for (const event of events) {
      const data = event.slice(6)
      if (data !== '[DONE]') onContent(JSON.parse(data).choices[0].delta.content ?? '')
    }
  }
}

/** A plain design by hand: text of one frame, one update. */
function Reference({ history, url }: Setup) {
  const [messages, setMessages] = useState(() => earlier(history))
  const waiting = useRef('')
  useAsk((question) => {
    const id = String(messages.length)
    const reply = { id: `${id}-reply`, role: 'assistant' as const, text: '' }
    setMessages((now) => [...now, { id, role: 'user', text: question }, reply])
    let frame = 0
    const show = () => {
      frame = 0
      setMessages((now) => [...now.slice(0, -1), { ...reply, text: waiting.current }])
    }
    waiting.current = ''
    void readEvents(url, (content) => {
      waiting.current += content
      frame ||= requestAnimationFrame(show)
    })
  })
  return messages.map(({ id, text }) => <Row key={id} text={text} />)
}

function Ours({ history, url }: Setup) {
  const chat = useMemo(
    () =>
      createChat({
        url,
        token: false,
        initialMessages: earlier(history).map(({ id, role, text }, index) => ({
          id,
          role,
          parentId: index === 0 ? null : `old-${index - 1}`,
          parts: [{ type: 'text', text }],
          status: 'complete',
          createdAtMs: index,
        })),
      }),
    [history, url],
  )
  useAsk((question) => void chat.send(question))
  return (
    <ChatProvider chat={chat}>
      <OurRows />
    </ChatProvider>
  )
}

function OurRows() {
  return useMessageIds().map((id) => <OurRow key={id} id={id} />)
}

const OurRow = memo(function OurRow({ id }: { id: string }) {
  const message = useMessage(id)
  count.rows += 1
  return <li>{message && textOf(message)}</li>
})

function aiSdk(throttle?: number) {
  return function AiSdk({ history, url }: Setup) {
    const transport = useMemo(() => new DefaultChatTransport({ api: url }), [url])
    const initial = useMemo(
      () =>
        earlier(history).map(({ id, role, text }) => ({
          id,
          role,
          parts: [{ type: 'text' as const, text }],
        })),
      [history],
    )
    const { messages, sendMessage } = useAiChat({
      transport,
      messages: initial,
      ...(throttle && { throttle }),
    })
    useAsk((text) => void sendMessage({ text }))
    return messages.map(({ id, parts }) => <Row key={id} text={joinText(parts, 'text')} />)
  }
}

function TanStack({ history, url }: Setup) {
  const connection = useMemo(() => fetchServerSentEvents(url), [url])
  const initialMessages = useMemo(
    () =>
      earlier(history).map(({ id, role, text }) => ({
        id,
        role,
        parts: [{ type: 'text' as const, content: text }],
      })),
    [history],
  )
  const { messages, sendMessage } = useTanStackChat({ connection, initialMessages })
  useAsk((question) => void sendMessage(question))
  return messages.map(({ id, parts }) => <Row key={id} text={joinText(parts, 'content')} />)
}

function joinText(parts: readonly object[], field: string): string {
  let text = ''
  for (const part of parts) text += (part as Record<string, unknown>)[field] ?? ''
  return text
}

function AntDesign({ history, url }: Setup) {
  const provider = useMemo(
    () =>
      new OpenAIChatProvider({
        request: XRequest(url, { manual: true, params: { stream: true } }) as never,
      }),
    [url],
  )
  const defaultMessages = useMemo(
    () =>
      earlier(history).map(({ id, role, text }) => ({
        id,
        message: { role, content: text },
        status: 'success' as const,
      })),
    [history],
  )
  const { messages, onRequest } = useXChat({ provider, defaultMessages })
  useAsk((content) => onRequest({ messages: [{ role: 'user', content }] }))
  return messages.map(({ id, message }) => <Row key={id} text={String(message.content ?? '')} />)
}

function AssistantUi({ history, url }: Setup) {
  const adapter = useMemo<ChatModelAdapter>(
    () => ({
      async *run() {
        const pieces: string[] = []
        let wake = () => {}
        let isOver = false
        void readEvents(url, (content) => {
          pieces.push(content)
          wake()
        }).then(() => {
          isOver = true
          wake()
        })
        let text = ''
        while (!isOver || pieces.length > 0) {
          const piece = pieces.shift()
          if (piece === undefined) await new Promise<void>((resolve) => (wake = resolve))
          else yield { content: [{ type: 'text', text: (text += piece) }] }
        }
      },
    }),
    [url],
  )
  const initialMessages = useMemo(
    () => earlier(history).map(({ id, role, text }) => ({ id, role, content: text })),
    [history],
  )
  const runtime = useLocalRuntime(adapter, { initialMessages })
  useAsk((question) => runtime.thread.append(question))
  return (
    <AssistantRuntimeProvider runtime={runtime}>
      <ThreadPrimitive.Root>
        <ThreadPrimitive.Messages components={{ Message: AssistantUiRow }} />
      </ThreadPrimitive.Root>
    </AssistantRuntimeProvider>
  )
}

function AssistantUiRow() {
  return (
    <li>
      <MessagePrimitive.Parts components={{ Text: AssistantUiText }} />
    </li>
  )
}

function AssistantUiText({ text }: { text: string }) {
  count.rows += 1
  return text
}

const contenders: Record<string, { wire: string; draw: (setup: Setup) => ReactNode }> = {
  'reference: a plain hook by hand': { wire: 'openai', draw: Reference },
  'Parlance useMessageIds + useMessage': { wire: 'openai', draw: Ours },
  'Ant Design X SDK useXChat': { wire: 'openai', draw: AntDesign },
  'assistant-ui useLocalRuntime': { wire: 'openai', draw: AssistantUi },
  'AI SDK useChat': { wire: 'ai', draw: aiSdk() },
  'AI SDK useChat, throttle 50 ms': { wire: 'ai', draw: aiSdk(50) },
  'TanStack AI useChat': { wire: 'ag-ui', draw: TanStack },
}

const limitName = 'limit: SSE, JSON, appendData'

let longestTaskMs = 0
new PerformanceObserver((list) => {
  for (const { duration } of list.getEntries()) longestTaskMs = Math.max(longestTaskMs, duration)
}).observe({ type: 'longtask' })

const bench = {
  names: [limitName, ...Object.keys(contenders)],
  wireOf: (name: string) => contenders[name]?.wire ?? 'openai',
  async draw(name: string, setup: Setup) {
    const list = document.createElement('ul')
    document.body.append(list)
    const Contender = contenders[name]?.draw
    if (Contender) createRoot(list).render(<Contender {...setup} />)
    else limit(setup)
    await until(() => document.querySelectorAll('li').length >= setup.history)
  },
  /** Asks, and waits until an answer of so many characters is on the page, or grows no more. */
  async ask(chars: number) {
    longestTaskMs = 0
    count.rows = 0
    const before = document.querySelectorAll('li').length
    const startedAt = performance.now()
    ask('What now?')
    let seen = 0
    let polls = 0
    await until(() => {
      const rows = document.querySelectorAll('li')
      const length = rows.length > before + 1 ? lengthOf(rows[rows.length - 1]!) : 0
      polls = length === seen ? polls + 1 : 0
      seen = length
      return length >= chars || polls > patience
    })
    return {
      isThere: seen >= chars,
      wallMs: performance.now() - startedAt,
      rows: count.rows,
      longestTaskMs,
    }
  },
}

/** Polls without a change after which an answer will not be whole any more. */
const patience = 300

/** Without reading the text itself, which would cost the contender time. */
function lengthOf(element: Element): number {
  let node: Node | null = element
  while (node && !(node instanceof CharacterData)) node = node.lastChild
  return node?.length ?? 0
}

async function until(isTrue: () => boolean): Promise<boolean> {
  for (let waitedMs = 0; waitedMs < 60_000; waitedMs += 20) {
    if (isTrue()) return true
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  return false
}

declare global {
  interface Window {
    hooks: typeof bench
  }
}
window.hooks = bench
