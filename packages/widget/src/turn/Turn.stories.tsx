import type { Chat } from '@parlance/core'
import { createFakeChat, createFakeChatIn } from '@parlance/testing'
import type { Meta, StoryObj } from '@storybook/react-vite'
import { expect, fn } from 'storybook/test'
import { PartFrame } from '../fixtures/PartFrame.tsx'
import { Turn } from './Turn.tsx'

interface TurnStoryProps {
  /** Id of the message: `m1` is the question, `m2` its answer. */
  readonly messageId: string
  readonly chat: Chat
  /** Whether thumbs are shown. */
  readonly feedback: boolean
  /** Whether tokens, cost and time are there on demand. */
  readonly usage: boolean
}

const onFeedback = fn()

/** One message with all that can be done with it. Its row is quiet until it is pointed at, focused, or the last answer. */
function TurnStory({ messageId, chat, feedback, usage }: TurnStoryProps) {
  return (
    <PartFrame chat={chat} features={{ usage }} onFeedback={feedback ? onFeedback : undefined}>
      <div className="pl-exchange" data-last style={{ padding: 0 }}>
        <Turn messageId={messageId} last active />
      </div>
    </PartFrame>
  )
}

function chatWithVersions(): Chat {
  const chat = createFakeChat({ replies: ['The first answer.', 'The second answer.'] })
  void chat.send('Which one?')
  void chat.regenerate('m2')
  return chat
}

const meta = {
  title: 'Widget/Turn',
  component: TurnStory,
  args: { messageId: 'm2', chat: createFakeChatIn('complete'), feedback: true, usage: true },
  argTypes: { chat: { control: false } },
} satisfies Meta<typeof TurnStory>

export default meta
type Story = StoryObj<typeof meta>

export const Answer: Story = {}

/** The row under it, as when it is pointed at. */
export const Question: Story = {
  args: { messageId: 'm1' },
  play: async ({ canvas, userEvent }) => {
    await userEvent.hover(canvas.getByRole('article'))
    await expect(canvas.getByRole('button', { name: 'Edit' })).toBeInTheDocument()
  },
}

export const LongQuestion: Story = {
  args: {
    messageId: 'm1',
    chat: createFakeChat({
      history: [
        {
          question:
            'I ordered two pots last week.\nOne came without its lid, and the other one is not the glaze I chose: ' +
            'Averylongwordwithoutanyspaceswhichhastobreaksomewhere. What now?',
          reply: 'Sorry.',
        },
      ],
    }),
  },
}

export const Editing: Story = {
  args: { messageId: 'm1' },
  play: async ({ canvas, userEvent }) => {
    await userEvent.click(canvas.getByRole('button', { name: 'Edit' }))
    const field = await canvas.findByRole('textbox', { name: 'Edit your message' })
    await expect(field).toHaveFocus()
    const send = canvas.getByRole('button', { name: 'Send' })
    await userEvent.clear(field)
    await expect(send).toHaveAttribute('aria-disabled', 'true')
    await userEvent.type(field, 'How do I keep my key?')
    await expect(send).toHaveAttribute('aria-disabled', 'false')
    await userEvent.tab()
    await expect(canvas.getByRole('button', { name: 'Send' })).toHaveFocus()
    await userEvent.tab()
    await expect(canvas.getByRole('button', { name: 'Cancel' })).toHaveFocus()
  },
}

/** A question that was edited has versions; so has an answer that was asked for again. */
export const Versions: Story = {
  args: { messageId: 'm3', chat: chatWithVersions() },
  play: async ({ canvas }) => {
    await expect(canvas.getByRole('group', { name: 'Version 2 of 2' })).toBeVisible()
    await expect(canvas.getByRole('button', { name: 'Next version' })).toHaveAttribute(
      'aria-disabled',
      'true',
    )
  },
}

/** Tokens, cost and time, behind a button. */
export const Usage: Story = {
  play: async ({ canvas, userEvent }) => {
    await userEvent.click(canvas.getByRole('button', { name: 'Details' }))
    await expect(await canvas.findByText('412 tokens in')).toBeVisible()
  },
}

export const Thanked: Story = {
  play: async ({ canvas, userEvent }) => {
    await userEvent.click(canvas.getByRole('button', { name: 'Helpful' }))
    await expect(canvas.getByRole('button', { name: 'Helpful' })).toHaveAttribute(
      'aria-pressed',
      'true',
    )
    await expect(
      canvas.getByText('Thank you for the feedback.', { selector: '.pl-usage' }),
    ).toBeVisible()
  },
}

export const Stopped: Story = { args: { chat: createFakeChatIn('stopped') } }
export const CutOff: Story = { args: { chat: createFakeChatIn('truncated') } }
