import type { Meta, StoryObj } from '@storybook/react-vite'
import { expect } from 'storybook/test'
import { PartFrame } from '../fixtures/PartFrame.tsx'
import { Badge } from './Badge.tsx'

const meta = {
  title: 'Widget/Badge',
  component: Badge,
  args: { count: 1 },
  decorators: [
    (Story) => (
      <PartFrame width={80}>
        {/* It stands at a corner of what it is put in. */}
        <div style={{ position: 'relative', width: 48, height: 48 }}>
          <Story />
        </div>
      </PartFrame>
    ),
  ],
} satisfies Meta<typeof Badge>

export default meta
type Story = StoryObj<typeof meta>

export const One: Story = {
  play: async ({ canvas }) => {
    // The launcher's name says it, so that it is not read twice.
    await expect(canvas.getByText('1')).toHaveAttribute('aria-hidden', 'true')
  },
}

export const Many: Story = { args: { count: 128 } }
