import { type Chat } from '@parlance/core'
import { createFakeChat, createFakeChatIn } from '@parlance/testing'
import type { Meta, StoryObj } from '@storybook/react-vite'
import { type ReactElement, useRef } from 'react'
import { expect } from 'storybook/test'
import { useAttachments } from '../attachments/useAttachments.ts'
import { PartFrame } from '../fixtures/PartFrame.tsx'
import { Composer } from './Composer.tsx'

interface ComposerStoryProps {
  /** Whether pictures may be attached. */
  readonly attachments: boolean
  /** The longest message. */
  readonly maxMessageChars: number
  readonly chat?: Chat | undefined
}

function ComposerStory({ attachments, chat, ...options }: ComposerStoryProps): ReactElement {
  return (
    <PartFrame chat={chat} {...options}>
      <ComposerWithRef attachments={attachments} />
    </PartFrame>
  )
}

function ComposerWithRef({ attachments }: { readonly attachments: boolean }): ReactElement {
  const inputRef = useRef<HTMLTextAreaElement>(null)
  const all = useAttachments()
  return <Composer inputRef={inputRef} attachments={attachments ? all : undefined} />
}

const meta = {
  title: 'Widget/Composer',
  component: ComposerStory,
  args: { attachments: false, maxMessageChars: 8000, chat: createFakeChat() },
  argTypes: { chat: { control: false } },
} satisfies Meta<typeof ComposerStory>

export default meta
type Story = StoryObj<typeof meta>

export const Empty: Story = {}

export const Draft: Story = {
  play: async ({ canvas, userEvent }) => {
    const send = canvas.getByRole('button', { name: 'Send message' })
    await expect(send).toHaveAttribute('aria-disabled', 'true')
    await userEvent.type(canvas.getByRole('textbox'), 'Where is my order?')
    await expect(send).toHaveAttribute('aria-disabled', 'false')
  },
}

/** It grows to six lines, then it scrolls. */
export const SixLines: Story = {
  play: async ({ canvas, userEvent }) => {
    const field = canvas.getByRole('textbox')
    await userEvent.click(field)
    await userEvent.paste('One line\n'.repeat(12))
    await expect(field.scrollHeight).toBeGreaterThan(field.clientHeight)
    await expect(field.clientHeight).toBeLessThan(200)
  },
}

/** Told from 200 characters before the end on. */
export const NearTheLimit: Story = {
  args: { maxMessageChars: 120 },
  play: async ({ canvas, userEvent }) => {
    await userEvent.click(canvas.getByRole('textbox'))
    await userEvent.paste('A question of some length, which has to come to its end soon. ')
    await expect(canvas.getByText('58 characters left', { selector: '.pl-counter' })).toBeVisible()
  },
}

export const AtTheLimit: Story = {
  args: { maxMessageChars: 20 },
  play: async ({ canvas, userEvent }) => {
    await userEvent.type(canvas.getByRole('textbox'), 'Twenty characters here, and more')
    await expect(canvas.getByText('0 characters left', { selector: '.pl-counter' })).toBeVisible()
  },
}

/** Stop stands where Send was, and is the same element: focus does not get lost. */
export const WhileAnswering: Story = {
  args: { chat: createFakeChatIn('streaming') },
  play: async ({ canvas }) => {
    await expect(canvas.getByRole('button', { name: 'Stop answering' })).toBeVisible()
  },
}

export const WithAttachments: Story = {
  args: { attachments: true },
  play: async ({ canvas, canvasElement, userEvent }) => {
    const picker = canvasElement.querySelector<HTMLInputElement>('input[type=file]')!
    const picture = await drawPicture()
    await userEvent.upload(
      picker,
      [1, 2, 3].map((n) => new File([picture], `glaze-${n}.png`, { type: 'image/png' })),
    )
    await expect(await canvas.findByRole('img', { name: 'glaze-3.png' })).toBeVisible()
    await userEvent.upload(picker, new File(['no picture'], 'notes.png', { type: 'image/png' }))
    await expect(await canvas.findByText(/notes.png is not an image/)).toBeVisible()
  },
}

async function drawPicture(): Promise<Blob> {
  const canvas = new OffscreenCanvas(96, 96)
  const context = canvas.getContext('2d')!
  context.fillStyle = '#5d7a55'
  context.fillRect(0, 0, 96, 96)
  context.fillStyle = '#c8ad7f'
  context.fillRect(24, 24, 48, 48)
  return canvas.convertToBlob({ type: 'image/png' })
}
