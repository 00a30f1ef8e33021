import type { Meta, StoryObj } from '@storybook/react-vite'
import { inPartFrame } from '../fixtures/inPartFrame.tsx'
import { Typing } from './Typing.tsx'

const meta = {
  title: 'Widget/Typing',
  component: Typing,
  args: { notice: null },
  decorators: [inPartFrame()],
} satisfies Meta<typeof Typing>

export default meta
type Story = StoryObj<typeof meta>

export const Waiting: Story = {}
export const Stalled: Story = { args: { notice: 'stalled' } }
export const Retrying: Story = { args: { notice: 'retrying' } }
/** The server is busy and has named a time, up to a minute away. */
export const WaitingForItsTurn: Story = {
  args: { notice: 'waiting' },
  render: (args) => <Typing {...args} retryAtMs={Date.now() + 12_000} />,
}
export const WithoutMotion: Story = {
  decorators: [inPartFrame({ theme: { motion: 0 } })],
}
