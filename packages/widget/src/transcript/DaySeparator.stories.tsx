import type { Meta, StoryObj } from '@storybook/react-vite'
import { expect } from 'storybook/test'
import { PartFrame } from '../fixtures/PartFrame.tsx'
import { DaySeparator } from './DaySeparator.tsx'

const dayMs = 86_400_000

const meta = {
  title: 'Widget/DaySeparator',
  component: DaySeparator,
  args: { atMs: Date.now() },
  argTypes: { atMs: { control: 'date' } },
  // The control gives a date as a number or as text.
  render: ({ atMs }) => (
    <PartFrame>
      <DaySeparator atMs={new Date(atMs).getTime()} />
    </PartFrame>
  ),
} satisfies Meta<typeof DaySeparator>

export default meta
type Story = StoryObj<typeof meta>

export const Today: Story = {
  play: async ({ canvas }) => {
    await expect(canvas.getByText('Today')).toBeVisible()
  },
}

export const Yesterday: Story = { args: { atMs: Date.now() - dayMs } }

/** With its year, once the day alone could mean another. */
export const LongAgo: Story = { args: { atMs: Date.UTC(2019, 11, 24, 12) } }
