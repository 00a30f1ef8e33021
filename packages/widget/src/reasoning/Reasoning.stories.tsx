import type { Meta, StoryObj } from '@storybook/react-vite'
import { expect } from 'storybook/test'
import { inPartFrame } from '../fixtures/inPartFrame.tsx'
import { Reasoning } from './Reasoning.tsx'

const meta = {
  title: 'Widget/Reasoning',
  component: Reasoning,
  args: {
    text: 'The reader asks whether a stopped reply still costs money.\nA stop travels to the relay, and the relay aborts its request.',
    streaming: false,
  },
  decorators: [inPartFrame()],
} satisfies Meta<typeof Reasoning>

export default meta
type Story = StoryObj<typeof meta>

export const Folded: Story = {
  play: async ({ canvas, userEvent }) => {
    await userEvent.click(canvas.getByText('Reasoning'))
    await expect(canvas.getByText(/stopped reply still costs/)).toBeVisible()
  },
}

export const StillThinking: Story = { args: { streaming: true } }
