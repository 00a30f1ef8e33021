import type { Meta, StoryObj } from '@storybook/react-vite'
import { expect, fn } from 'storybook/test'
import { inPartFrame } from '../fixtures/inPartFrame.tsx'
import { Greeting } from './Greeting.tsx'

const meta = {
  title: 'Widget/Greeting',
  component: Greeting,
  args: { onOpen: fn(), onDismiss: fn() },
  parameters: { docs: { story: { inline: false, height: '160px' } } },
  decorators: [inPartFrame({ greeting: 'Need a hand with your order?' })],
} satisfies Meta<typeof Greeting>

export default meta
type Story = StoryObj<typeof meta>

export const BesideTheLauncher: Story = {
  play: async ({ canvas, userEvent, args }) => {
    await userEvent.click(canvas.getByRole('button', { name: 'Need a hand with your order?' }))
    await expect(args.onOpen).toHaveBeenCalledTimes(1)
    await userEvent.click(canvas.getByRole('button', { name: 'Dismiss' }))
    await expect(args.onDismiss).toHaveBeenCalledTimes(1)
  },
}

export const LongAndDark: Story = {
  decorators: [
    inPartFrame({
      scheme: 'dark',
      greeting:
        'We answer questions on orders, returns, sizes and repairs, day and night: ask away!',
    }),
  ],
}
