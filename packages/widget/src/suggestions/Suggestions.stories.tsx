import type { Meta, StoryObj } from '@storybook/react-vite'
import { expect, fn } from 'storybook/test'
import { inPartFrame } from '../fixtures/inPartFrame.tsx'
import { Suggestions } from './Suggestions.tsx'

const meta = {
  title: 'Widget/Suggestions',
  component: Suggestions,
  args: {
    suggestions: ['Where is my order?', 'How do returns work?', 'Do you ship abroad?'],
    onSelect: fn(),
  },
  decorators: [inPartFrame()],
} satisfies Meta<typeof Suggestions>

export default meta
type Story = StoryObj<typeof meta>

export const Three: Story = {
  play: async ({ canvas, userEvent, args }) => {
    await userEvent.click(canvas.getByRole('button', { name: 'Do you ship abroad?' }))
    await expect(args.onSelect).toHaveBeenCalledWith('Do you ship abroad?')
  },
}

export const LongOnes: Story = {
  args: {
    suggestions: [
      'I ordered two pairs of shoes last week and only one of them has come so far',
      'Averylongquestionwithoutanyspaceswhichhastobreaksomewhereinside',
    ],
  },
  decorators: [inPartFrame({ width: 288 })],
}
