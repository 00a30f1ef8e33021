import type { Meta, StoryObj } from '@storybook/react-vite'
import { expect } from 'storybook/test'
import { PartFrame } from '../fixtures/PartFrame.tsx'
import { EmptyState } from './EmptyState.tsx'

const meta = {
  title: 'Widget/EmptyState',
  component: EmptyState,
  render: (_, { parameters }) => (
    <PartFrame greeting={parameters['greeting'] as string | undefined}>
      <EmptyState />
    </PartFrame>
  ),
} satisfies Meta<typeof EmptyState>

export default meta
type Story = StoryObj<typeof meta>

/** The greeting of the language. */
export const Usual: Story = {}

/** One of the owner's. */
export const OwnGreeting: Story = {
  parameters: {
    greeting: 'Good morning! Ask about glazes, lids, repairs or the way your pot takes.',
  },
  play: async ({ canvas }) => {
    await expect(canvas.getByText(/^Good morning!/)).toBeVisible()
  },
}
