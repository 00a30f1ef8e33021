import type { Meta, StoryObj } from '@storybook/react-vite'
import { expect, fn } from 'storybook/test'
import { inPartFrame } from '../fixtures/inPartFrame.tsx'
import { JumpToLatest } from './JumpToLatest.tsx'

const meta = {
  title: 'Widget/JumpToLatest',
  component: JumpToLatest,
  args: { count: 0, onJump: fn() },
  decorators: [inPartFrame()],
} satisfies Meta<typeof JumpToLatest>

export default meta
type Story = StoryObj<typeof meta>

export const NothingNew: Story = {
  play: async ({ canvas, userEvent, args }) => {
    await userEvent.click(canvas.getByRole('button', { name: 'Jump to latest' }))
    await expect(args.onJump).toHaveBeenCalledTimes(1)
  },
}

export const WithCount: Story = {
  args: { count: 2 },
  play: async ({ canvas }) => {
    await expect(canvas.getByRole('button', { name: '2 new messages' })).toBeVisible()
  },
}
