import type { Meta, StoryObj } from '@storybook/react-vite'
import { expect, fn } from 'storybook/test'
import { inPartFrame } from '../fixtures/inPartFrame.tsx'
import { ar } from '../strings/ar.ts'
import { Consent } from './Consent.tsx'

const meta = {
  title: 'Widget/Consent',
  component: Consent,
  args: { onDecide: fn() },
  decorators: [inPartFrame()],
} satisfies Meta<typeof Consent>

export default meta
type Story = StoryObj<typeof meta>

export const Asked: Story = {
  play: async ({ canvas, userEvent, args }) => {
    await userEvent.click(canvas.getByRole('button', { name: 'Keep' }))
    await expect(args.onDecide).toHaveBeenCalledWith('granted')
    await userEvent.click(canvas.getByRole('button', { name: 'Do not keep' }))
    await expect(args.onDecide).toHaveBeenCalledWith('denied')
  },
}

export const Narrow: Story = {
  decorators: [inPartFrame({ width: 288, strings: ar })],
}
