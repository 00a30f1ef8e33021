import type { Meta, StoryObj } from '@storybook/react-vite'
import { expect, fn } from 'storybook/test'
import { inPartFrame } from '../fixtures/inPartFrame.tsx'
import { FeedbackForm } from './FeedbackForm.tsx'

const meta = {
  title: 'Widget/FeedbackForm',
  component: FeedbackForm,
  args: { onSend: fn(), onCancel: fn() },
  decorators: [inPartFrame()],
} satisfies Meta<typeof FeedbackForm>

export default meta
type Story = StoryObj<typeof meta>

export const Reasons: Story = {
  play: async ({ canvas, userEvent, args }) => {
    await userEvent.click(canvas.getByRole('button', { name: 'Incorrect' }))
    await userEvent.click(canvas.getByRole('button', { name: 'Incomplete' }))
    await userEvent.click(canvas.getByRole('button', { name: 'Incorrect' }))
    await userEvent.type(canvas.getByRole('textbox'), 'The price is wrong. ')
    await expect(canvas.getByRole('button', { name: 'Incomplete' })).toHaveAttribute(
      'aria-pressed',
      'true',
    )
    await userEvent.click(canvas.getByRole('button', { name: 'Send feedback' }))
    await expect(args.onSend).toHaveBeenCalledWith(['incomplete'], 'The price is wrong.')
  },
}

export const LeftByEscape: Story = {
  play: async ({ canvas, userEvent, args }) => {
    await userEvent.click(canvas.getByRole('textbox'))
    await userEvent.keyboard('{Escape}')
    await expect(args.onCancel).toHaveBeenCalledTimes(1)
  },
}

export const Dark: Story = {
  decorators: [inPartFrame({ scheme: 'dark' })],
}
