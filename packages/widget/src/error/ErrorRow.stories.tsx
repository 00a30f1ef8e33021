import { ChatError } from '@parlance/core'
import type { Meta, StoryObj } from '@storybook/react-vite'
import { expect, fn } from 'storybook/test'
import { inPartFrame } from '../fixtures/inPartFrame.tsx'
import { ar } from '../strings/ar.ts'
import { ErrorRow } from './ErrorRow.tsx'

const meta = {
  title: 'Widget/ErrorRow',
  component: ErrorRow,
  args: { error: new ChatError('network'), retryAtMs: null, onRetry: fn() },
  argTypes: { error: { control: false } },
  decorators: [inPartFrame()],
} satisfies Meta<typeof ErrorRow>

export default meta
type Story = StoryObj<typeof meta>

export const Network: Story = {
  play: async ({ canvas, userEvent, args }) => {
    await userEvent.click(canvas.getByRole('button', { name: 'Try again' }))
    await expect(args.onRetry).toHaveBeenCalledTimes(1)
  },
}

export const RateLimited: Story = {
  args: { error: new ChatError('rate_limited') },
  render: (args) => <ErrorRow {...args} retryAtMs={Date.now() + 20_000} />,
  play: async ({ canvas, userEvent, args }) => {
    const button = canvas.getByRole('button', { name: /^Try again in \d+ seconds$/ })
    await expect(button).toHaveAttribute('aria-disabled', 'true')
    await userEvent.click(button)
    await expect(args.onRetry).not.toHaveBeenCalled()
  },
}

export const NothingToTry: Story = {
  args: { error: new ChatError('budget_exceeded') },
  render: (args) => <ErrorRow {...args} onRetry={undefined} />,
  play: async ({ canvas }) => {
    await expect(canvas.queryByRole('button')).toBeNull()
  },
}

export const Dark: Story = {
  decorators: [inPartFrame({ scheme: 'dark' })],
}

export const InArabic: Story = {
  render: (args) => <ErrorRow {...args} retryAtMs={Date.now() + 150_000} />,
  decorators: [inPartFrame({ strings: ar })],
}
