import { answers } from '@parlance/testing'
import type { Meta, StoryObj } from '@storybook/react-vite'
import { expect } from 'storybook/test'
import { inPartFrame } from '../fixtures/inPartFrame.tsx'
import { PartFrame } from '../fixtures/PartFrame.tsx'
import { CitationsProvider } from '../sources/CitationsContext.tsx'
import { MessageText } from './MessageText.tsx'

const meta = {
  title: 'Widget/MessageText',
  component: MessageText,
  args: { text: answers.list.text ?? '', streaming: false },
  decorators: [inPartFrame()],
} satisfies Meta<typeof MessageText>

export default meta
type Story = StoryObj<typeof meta>

export const List: Story = {}
export const Table: Story = { args: { text: answers.table.text ?? '' } }
export const Code: Story = { args: { text: answers.code.text ?? '' } }
export const CodeInTheDark: Story = {
  args: { text: answers.code.text ?? '' },
  decorators: [inPartFrame({ scheme: 'dark' })],
}
export const Languages: Story = { args: { text: answers.languages.text ?? '' } }
export const RightToLeft: Story = { args: { text: answers.rightToLeft.text ?? '' } }

export const Citations: Story = {
  args: { text: answers.cited.text ?? '' },
  decorators: [
    (Story) => (
      <PartFrame>
        <CitationsProvider value={answers.cited.citations ?? []}>
          <Story />
        </CitationsProvider>
      </PartFrame>
    ),
  ],
  play: async ({ canvas }) => {
    await expect(
      canvas.getByRole('link', { name: /^Source 1: How the relay works/ }),
    ).toHaveTextContent('1')
    await expect(canvas.queryByText(/\[2\]/)).toBeNull()
  },
}

export const NarrowAndLarge: Story = {
  args: { text: `${answers.list.text}\n\n${answers.table.text}` },
  decorators: [inPartFrame({ width: 320, theme: { size: 22 } })],
}
