import type { Meta, StoryObj } from '@storybook/react-vite'
import { expect } from 'storybook/test'
import { PartFrame } from '../fixtures/PartFrame.tsx'
import { Citation } from './Citation.tsx'

const meta = {
  title: 'Widget/Citation',
  component: Citation,
  args: {
    source: {
      number: 1,
      title: 'Returns and refunds',
      url: 'https://help.example.com/returns',
      host: 'help.example.com',
      quote: 'Within 30 days.',
    },
  },
  decorators: [
    (Story) => (
      <PartFrame>
        <p className="pl-text" style={{ margin: 0 }}>
          Things can be sent back within 30 days
          <Story />, at our cost.
        </p>
      </PartFrame>
    ),
  ],
} satisfies Meta<typeof Citation>

export default meta
type Story = StoryObj<typeof meta>

export const WithAnAddress: Story = {
  play: async ({ canvas, userEvent }) => {
    const link = canvas.getByRole('link', { name: /^Source 1: Returns and refunds/ })
    await expect(link).toHaveAttribute('rel', 'noopener noreferrer')
    await userEvent.tab()
    await expect(link).toHaveFocus()
  },
}

export const WithoutAnAddress: Story = {
  args: {
    source: {
      number: 12,
      title: 'The printed catalogue',
      url: undefined,
      host: undefined,
      quote: undefined,
    },
  },
  play: async ({ canvas }) => {
    await expect(canvas.queryByRole('link')).toBeNull()
    await expect(canvas.getByText('12')).toHaveAttribute('title', 'The printed catalogue')
  },
}
