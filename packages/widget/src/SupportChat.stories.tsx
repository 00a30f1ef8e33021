import type { Chat } from '@parlance/core'
import {
  createFakeChat,
  createFakeChatIn,
  type FakeChatState,
  recordings,
  replayStream,
} from '@parlance/testing'
import type { Meta, StoryObj } from '@storybook/react-vite'
import type { CSSProperties, ReactElement } from 'react'
import { expect, fireEvent, fn, waitFor } from 'storybook/test'
import { createGalleryKeeper } from './fixtures/createGalleryKeeper.ts'
import { useLook } from './fixtures/Look.tsx'
import { WebsitePage } from './fixtures/WebsitePage.tsx'
import { HistoryView } from './history/HistoryView.tsx'
import type { Keeper } from './history/keepConversation.ts'
import { SupportChat, type SupportChatProps } from './SupportChat.tsx'
import { ar } from './strings/ar.ts'
import { de } from './strings/de.ts'
import { ja } from './strings/ja.ts'
import './styles.css'

const suggestions = ['How do I start?', 'Where does the key live?', 'What does it cost?']

const meta = {
  title: 'Widget/SupportChat',
  component: SupportChat,
  parameters: { layout: 'fullscreen', docs: { story: { inline: false, height: '680px' } } },
  args: {
    mode: 'inline',
    title: 'Parlance help',
    suggestions,
    token: false,
    url: 'https://relay.invalid/chat',
    fetch: replayStream(recordings.cited),
    onFeedback: fn(),
    onOpenChange: fn(),
    features: { usage: true },
  },
  argTypes: {
    mode: { control: 'inline-radio', options: ['popup', 'panel', 'inline', 'full'] },
    side: { control: 'inline-radio', options: ['start', 'end'] },
    scheme: { control: 'inline-radio', options: ['auto', 'light', 'dark'] },
    locale: {
      control: 'select',
      options: ['en', 'de', 'fr', 'es', 'pt-BR', 'ja', 'zh-CN', 'ar', 'he'],
    },
    theme: { control: 'object' },
    features: { control: 'object' },
    chat: { control: false },
    fetch: { control: false },
  },
  render: (args, { parameters }) => (
    <Page
      width={parameters['width'] as number | undefined}
      height={parameters['height'] as number | undefined}
    >
      <ChatInLook {...args} />
    </Page>
  ),
} satisfies Meta<typeof SupportChat>

export default meta
type Story = StoryObj<typeof meta>

/** The chat as the toolbar wants it, where the story does not say otherwise. */
function ChatInLook(props: SupportChatProps): ReactElement {
  const { scheme, locale } = useLook()
  const given = Object.fromEntries(Object.entries(props).filter(([, value]) => value !== undefined))
  return <SupportChat scheme={scheme} locale={props.strings ? undefined : locale} {...given} />
}

function Page({
  width = 420,
  height = 640,
  children,
}: {
  readonly width?: number | undefined
  readonly height?: number | undefined
  readonly children: ReactElement<SupportChatProps>
}): ReactElement {
  if (children.props.mode !== 'inline') return <main>{children}</main>
  const style: CSSProperties = {
    inlineSize: width,
    blockSize: height,
    margin: '16px auto',
    maxInlineSize: '100%',
  }
  return <main style={style}>{children}</main>
}

const inState = (state: FakeChatState): Pick<SupportChatProps, 'chat'> => ({
  chat: createFakeChatIn(state),
})

export const Empty: Story = {}

/** A question, its answer as it was recorded, and its sources. */
export const Conversation: Story = {
  play: async ({ canvas, userEvent }) => {
    const field = canvas.getByRole('textbox', { name: 'Your message' })
    await userEvent.type(field, 'Where does the key live?{Enter}')
    await expect(field).toHaveValue('')
    await expect(field).toHaveFocus()
    const stop = await canvas.findByRole('button', { name: 'Stop answering' })
    await expect(stop).toBeVisible()
    await waitFor(
      () => expect(canvas.getByRole('button', { name: 'Send message' })).toBeVisible(),
      { timeout: 8000 },
    )
    await expect(canvas.getByRole('link', { name: /^Source 1/ })).toBeVisible()
    await expect(canvas.getByText('Sources')).toBeVisible()
  },
}

export const FromSuggestion: Story = {
  args: { fetch: replayStream(recordings.short, { speed: 20 }) },
  play: async ({ canvas, userEvent }) => {
    await userEvent.click(canvas.getByRole('button', { name: 'How do I start?' }))
    await expect(
      await canvas.findByText(/answers from your own pages/, { selector: '.pl-text p' }),
    ).toBeVisible()
    await expect(canvas.queryByRole('list', { name: 'Suggested questions' })).toBeNull()
    await expect(canvas.getByRole('textbox')).toHaveFocus()
  },
}

export const Waiting: Story = { args: inState('submitted') }
export const Streaming: Story = { args: inState('streaming') }
export const Stalled: Story = { args: inState('stalled') }
export const Complete: Story = { args: inState('complete') }
export const Failed: Story = { args: inState('failed') }

export const Stopped: Story = {
  args: { fetch: replayStream(recordings.long) },
  play: async ({ canvas, userEvent }) => {
    await userEvent.type(canvas.getByRole('textbox'), 'Tell me everything{Enter}')
    const button = await canvas.findByRole('button', { name: 'Stop answering' })
    await canvas.findByText(/relay/, { selector: '.pl-text *' }, { timeout: 5000 })
    await userEvent.click(button)
    await expect(
      await canvas.findByText('You stopped this answer.', { selector: '.pl-note span' }),
    ).toBeVisible()
    // The same element sends again: focus was not lost.
    await expect(button).toHaveAccessibleName('Send message')
    await expect(button).toHaveFocus()
  },
}

export const Truncated: Story = {
  args: { fetch: replayStream([recordings.truncated, recordings.short], { speed: 20 }) },
  play: async ({ canvas, userEvent }) => {
    await userEvent.type(canvas.getByRole('textbox'), 'And then?{Enter}')
    await userEvent.click(
      await canvas.findByRole('button', { name: 'Try again' }, { timeout: 5000 }),
    )
    await expect(
      await canvas.findByText(/answers from your own pages/, { selector: '.pl-text p' }),
    ).toBeVisible()
  },
}

export const RateLimited: Story = {
  args: { fetch: replayStream(recordings.rateLimited), retry: false },
  play: async ({ canvas, userEvent }) => {
    await userEvent.type(canvas.getByRole('textbox'), 'One more{Enter}')
    const button = await canvas.findByRole('button', { name: /^Try again in \d+ seconds$/ })
    await expect(button).toHaveAttribute('aria-disabled', 'true')
  },
}

export const LengthReached: Story = {
  args: { fetch: replayStream(recordings.cutByLength, { speed: 20 }) },
  play: async ({ canvas, userEvent }) => {
    await userEvent.type(canvas.getByRole('textbox'), 'Everything, please{Enter}')
    await expect(
      await canvas.findByText('The answer reached its length limit.', undefined, { timeout: 5000 }),
    ).toBeVisible()
  },
}

export const Refusal: Story = {
  args: { fetch: replayStream(recordings.refusal, { speed: 20 }) },
  play: async ({ canvas, userEvent }) => {
    await userEvent.type(canvas.getByRole('textbox'), 'Do something bad{Enter}')
    await expect(
      await canvas.findByText('The assistant declined to answer.', undefined, { timeout: 5000 }),
    ).toBeVisible()
  },
}

export const NoText: Story = {
  args: { chat: createFakeChat({ history: [{ question: 'Say nothing', reply: '' }] }) },
  play: async ({ canvas }) => {
    await expect(
      canvas.getByText('The reply had no text.', { selector: '.pl-note span' }),
    ).toBeVisible()
  },
}

export const Reasoning: Story = {
  args: { fetch: replayStream(recordings.reasoning, { speed: 20 }) },
  play: async ({ canvas, userEvent }) => {
    await userEvent.type(canvas.getByRole('textbox'), 'Does stopping save money?{Enter}')
    const summary = await canvas.findByText('Reasoning', undefined, { timeout: 5000 })
    await expect(canvas.getByText(/asks whether a stopped reply/)).not.toBeVisible()
    await userEvent.click(summary)
    await expect(canvas.getByText(/asks whether a stopped reply/)).toBeVisible()
  },
}

export const ToolCall: Story = {
  args: { fetch: replayStream(recordings.toolCall, { speed: 20 }) },
  play: async ({ canvas, userEvent }) => {
    await userEvent.type(canvas.getByRole('textbox'), 'Where is my order?{Enter}')
    await expect(await canvas.findByText(/^Used/, undefined, { timeout: 5000 })).toBeVisible()
  },
}

export const Usage: Story = {
  args: inState('complete'),
  play: async ({ canvas, userEvent }) => {
    const details = canvas.getByRole('button', { name: 'Details' })
    await userEvent.click(details)
    await expect(details).toHaveAttribute('aria-expanded', 'true')
    await expect(canvas.getByText('412 tokens in')).toBeVisible()
    await expect(canvas.getByText('$0.00124')).toBeVisible()
  },
}

export const Feedback: Story = {
  args: inState('complete'),
  play: async ({ canvas, userEvent, args }) => {
    await userEvent.click(canvas.getByRole('button', { name: 'Not helpful' }))
    await userEvent.click(canvas.getByRole('button', { name: 'Incomplete' }))
    await userEvent.click(canvas.getByRole('button', { name: 'Send feedback' }))
    await expect(args.onFeedback).toHaveBeenCalledWith(
      expect.objectContaining({ rating: 'unhelpful', reasons: ['incomplete'] }),
    )
    await expect(canvas.getByRole('button', { name: 'Not helpful' })).toHaveFocus()
  },
}

export const Versions: Story = {
  args: { chat: createFakeChat({ replies: ['The first answer.', 'The second answer.'] }) },
  play: async ({ canvas, userEvent }) => {
    await userEvent.type(canvas.getByRole('textbox'), 'Which one?{Enter}')
    await userEvent.click(await canvas.findByRole('button', { name: 'Answer again' }))
    await expect(
      await canvas.findByText('The second answer.', { selector: '.pl-text p' }),
    ).toBeVisible()
    await userEvent.click(canvas.getByRole('button', { name: 'Previous version' }))
    await expect(
      await canvas.findByText('The first answer.', { selector: '.pl-text p' }),
    ).toBeVisible()
    await expect(canvas.getByRole('group', { name: 'Version 1 of 2' })).toBeVisible()
  },
}

export const EditedQuestion: Story = {
  args: {
    chat: createFakeChat({
      history: [{ question: 'What is it?', reply: 'A chat.' }],
      replies: ['A fast chat.'],
    }),
  },
  play: async ({ canvas, userEvent }) => {
    await userEvent.click(canvas.getByRole('button', { name: 'Edit' }))
    const field = canvas.getByRole('textbox', { name: 'Edit your message' })
    await expect(field).toHaveFocus()
    await userEvent.clear(field)
    await userEvent.type(field, 'What is it really?{Enter}')
    await expect(await canvas.findByText('A fast chat.', { selector: '.pl-text p' })).toBeVisible()
  },
}

export const Offline: Story = {
  args: inState('complete'),
  beforeEach: () => {
    const original = Object.getOwnPropertyDescriptor(Navigator.prototype, 'onLine')!
    Object.defineProperty(navigator, 'onLine', { configurable: true, get: () => false })
    return () =>
      Object.defineProperty(Navigator.prototype, 'onLine', original) &&
      Reflect.deleteProperty(navigator, 'onLine')
  },
  play: async ({ canvas }) => {
    await expect(canvas.getByText(/You are offline/)).toBeVisible()
  },
}

/** More than fits: the reader is at the end, may leave it, and finds the way back. */
export const LongConversation: Story = {
  args: {
    chat: createFakeChat({
      history: Array.from({ length: 30 }, (_, index) => ({
        question: `Question number ${index + 1}?`,
        reply:
          'An answer of some length, with **strong words** and more.\n\n1. One\n2. Two\n3. Three',
      })),
    }),
  },
  play: async ({ canvas, canvasElement, userEvent }) => {
    const scroll = canvasElement.querySelector('.pl-scroll')!
    await waitFor(() => expect(scroll.scrollTop).toBeGreaterThan(1000))
    scroll.dispatchEvent(new WheelEvent('wheel', { deltaY: -400, bubbles: true }))
    scroll.scrollTop -= 400
    await userEvent.click(await canvas.findByRole('button', { name: 'Jump to latest' }))
    await waitFor(() => expect(canvas.queryByRole('button', { name: 'Jump to latest' })).toBeNull())
  },
}

export const Attachments: Story = {
  args: { features: { attachments: true } },
  play: async ({ canvas, canvasElement, userEvent }) => {
    const picker = canvasElement.querySelector<HTMLInputElement>('input[type=file]')!
    await userEvent.upload(picker, new File(['not an image'], 'shoe.png', { type: 'image/png' }))
    await expect(await canvas.findByText(/shoe.png is not an image that can be sent/)).toBeVisible()
  },
}

/** Open as a floating, non-modal dialog; Escape closes it and gives focus back. */
export const Popup: Story = {
  args: { mode: 'popup' },
  play: async ({ canvas, userEvent, args }) => {
    const launcher = canvas.getByRole('button', { name: 'Open chat' })
    await userEvent.click(launcher)
    const dialog = await canvas.findByRole('dialog', { name: 'Parlance help' })
    await waitFor(() => expect(dialog).toBeVisible())
    await expect(args.onOpenChange).toHaveBeenLastCalledWith(true)
    await waitFor(() => expect(canvas.getByRole('textbox')).toHaveFocus())
    await userEvent.keyboard('{Escape}')
    await waitFor(() => expect(launcher).toHaveFocus())
    await expect(launcher).toHaveAttribute('aria-expanded', 'false')
  },
}

/** As visitors meet it: the launcher in the corner of a page, the panel open above it. */
export const OverAPage: Story = {
  args: { mode: 'popup', defaultOpen: true, ...inState('complete') },
  render: (args) => (
    <WebsitePage>
      <ChatInLook {...args} />
    </WebsitePage>
  ),
  play: async ({ canvas }) => {
    const dialog = await canvas.findByRole('dialog', { name: 'Parlance help' })
    await waitFor(() => expect(dialog).toBeVisible())
    await expect(canvas.getByRole('heading', { level: 1 })).toBeVisible()
  },
}

/** The same page before anyone has asked, and the greeting beside the launcher. */
export const OverAPageClosed: Story = {
  args: { mode: 'popup', greetingAfterMs: 0, greeting: 'Looking for a gift? I can help.' },
  render: OverAPage.render!,
  beforeEach: () => sessionStorage.clear(),
  play: async ({ canvas }) => {
    await expect(
      await canvas.findByRole('button', { name: 'Looking for a gift? I can help.' }),
    ).toBeVisible()
  },
}

export const SidePanel: Story = {
  args: { mode: 'panel', defaultOpen: true, ...inState('complete') },
}
export const AtTheStart: Story = { args: { mode: 'popup', side: 'start', defaultOpen: true } }
export const FullPage: Story = { args: { mode: 'full', ...inState('complete') } }

export const Light: Story = { args: { scheme: 'light', ...inState('complete') } }
export const Dark: Story = { args: { scheme: 'dark', ...inState('complete') } }
export const DarkFailed: Story = { args: { scheme: 'dark', ...inState('failed') } }
export const DarkEmpty: Story = { args: { scheme: 'dark' } }

export const Square: Story = {
  args: { theme: { accent: '#0f6b4f', radius: 0, font: 'Georgia, serif' }, ...inState('complete') },
}

export const Round: Story = {
  args: {
    theme: { accent: '#ffd400', tint: 'gray', radius: 20, density: 1.15 },
    ...inState('complete'),
  },
}

export const Dense: Story = {
  args: {
    theme: { accent: '#b3261e', density: 0.85, size: 14, radius: 6 },
    ...inState('complete'),
  },
}

export const WithoutMotion: Story = {
  args: { theme: { motion: 0 }, ...inState('submitted') },
  play: async ({ canvasElement }) => {
    const running = canvasElement.ownerDocument
      .getAnimations()
      .filter(({ playState }) => playState === 'running')
    await expect(running).toHaveLength(0)
  },
}

export const LargeText: Story = { args: { theme: { size: 30 }, ...inState('complete') } }
export const German: Story = { args: { strings: de, title: 'Hilfe', ...inState('truncated') } }
export const Japanese: Story = {
  args: { strings: ja, title: 'サポート', suggestions: ['始めるには？', '料金は？'] },
}

export const Arabic: Story = {
  args: { strings: ar, title: 'الدعم', suggestions: ['كيف أبدأ؟', 'أين يُحفظ المفتاح؟'] },
  play: async ({ canvasElement }) => {
    await expect(canvasElement.querySelector('.parlance')).toHaveAttribute('dir', 'rtl')
  },
}

export const ArabicConversation: Story = {
  args: { strings: ar, scheme: 'dark', ...inState('complete') },
}

/** A language by its tag: its words are fetched as a chunk of their own. */
export const FrenchByTag: Story = {
  args: { locale: 'fr' },
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole('textbox', { name: 'Votre message' })).toBeVisible()
  },
}

export const Narrow: Story = {
  args: {
    chat: createFakeChat({
      history: [
        {
          question:
            'Averylongwordwithoutanyspaceswhichhastobreaksomewhereortheparagraphistoowide and more?',
          reply:
            'See https://example.com/a/rather/long/address/that/never/ends/because/it/goes/on and:\n\n```\nconst wide = "a line of code that is wider than the panel"\n```\n\n| A | B | C | D |\n| - | - | - | - |\n| first column | second column | third column | fourth column |',
        },
      ],
    }),
  },
  parameters: { width: 320, height: 640 },
  play: async ({ canvasElement }) => {
    const panel = canvasElement.querySelector('.pl-scroll')!
    await expect(panel.scrollWidth).toBeLessThanOrEqual(panel.clientWidth)
  },
}

/** In a low window header and suggestions become one line each, and the transcript keeps 96 px. */
export const Low: Story = {
  args: inState('complete'),
  parameters: { width: 420, height: 320 },
  play: async ({ canvasElement }) => {
    await expect(canvasElement.querySelector('.pl-scroll')!.clientHeight).toBeGreaterThanOrEqual(96)
    await expect(canvasElement.querySelector('.pl-header')!.clientHeight).toBeLessThanOrEqual(48)
  },
}

/** Files over the panel: where they may be let go. */
export const DropImages: Story = {
  args: { features: { attachments: true } },
  play: async ({ canvas, canvasElement }) => {
    const dataTransfer = new DataTransfer()
    dataTransfer.items.add(new File(['…'], 'shoe.png', { type: 'image/png' }))
    const panel = canvasElement.querySelector('.pl-panel')!
    await fireEvent(panel, new DragEvent('dragenter', { dataTransfer, bubbles: true }))
    await expect(canvas.getByText('Drop images to attach them')).toBeVisible()
  },
}

/** Asked once there is something to keep. */
export const ConsentAsked: Story = {
  args: { ...inState('complete'), onConsent: fn() },
  play: async ({ canvas, userEvent, args }) => {
    await userEvent.click(await canvas.findByRole('button', { name: 'Keep' }))
    await expect(args.onConsent).toHaveBeenCalledWith('granted')
  },
}

/** The menu leads to what was kept on this device. */
export const KeptConversations: Story = {
  loaders: [
    async () => {
      const chat = createFakeChatIn('empty')
      const keeper = await createGalleryKeeper(chat, [
        'Where is my order?',
        'A lid that does not fit',
      ])
      return { chat, keeper }
    },
  ],
  beforeEach: (context) => () => (context.loaded['keeper'] as Keeper).dispose(),
  render: (args, { loaded }) => (
    <Page>
      <ChatInLook
        {...args}
        chat={loaded['chat'] as Chat}
        keeper={loaded['keeper'] as Keeper}
        slots={{ History: HistoryView }}
      />
    </Page>
  ),
  play: async ({ canvas, userEvent }) => {
    await userEvent.click(canvas.getByRole('button', { name: 'More options' }))
    await userEvent.click(canvas.getByRole('menuitem', { name: 'Conversations' }))
    await expect(await canvas.findByText('A lid that does not fit')).toBeVisible()
  },
}

/** Enlarged by the button in its header. */
export const Enlarged: Story = {
  args: { mode: 'popup', defaultOpen: true, ...inState('complete') },
  render: OverAPage.render!,
  play: async ({ canvas, userEvent }) => {
    const enlarge = canvas.queryByRole('button', { name: 'Enlarge' })
    // A window that the panel fills has no larger size.
    if (enlarge) await userEvent.click(enlarge)
  },
}

/** What an owner has to say stands under the composer. */
export const WithAFooter: Story = {
  args: {
    slots: {
      Footer: () => (
        <p style={{ margin: '0 16px 12px', font: '12px/1.4 system-ui', textAlign: 'center' }}>
          Answers are made by a machine. <a href="#terms">Terms</a>
        </p>
      ),
    },
  },
}

/** A part of one's own in the place of the widget's. */
export const OwnHeader: Story = {
  args: {
    slots: { EmptyState: () => <p style={{ margin: 16 }}>Good morning. Ask away.</p> },
  },
  play: async ({ canvas }) => {
    await expect(canvas.getByText('Good morning. Ask away.')).toBeVisible()
  },
}
