import type { Meta, StoryObj } from '@storybook/react-vite'
import { expect, waitFor } from 'storybook/test'
import { inPartFrame } from '../fixtures/inPartFrame.tsx'
import { MessageText } from './MessageText.tsx'

const fence = (language: string, code: string) => `\`\`\`${language}\n${code}\n\`\`\``

const typescript = fence(
  'ts',
  `import { createChat } from '@parlance/core'

/** Asks once, and waits for the whole answer. */
export async function ask(question: string): Promise<number> {
  const chat = createChat({ url: '/api/chat', retry: false })
  await chat.send(question)
  return chat.getSnapshot().messageIds.length // 2, if all went well
}`,
)

/** The slot `CodeBlock` as it is by default: language, copying, wrapping, and colours that come with the first block. */
const meta = {
  title: 'Widget/CodeBlock',
  component: MessageText,
  args: { text: typescript, streaming: false },
  decorators: [inPartFrame()],
} satisfies Meta<typeof MessageText>

export default meta
type Story = StoryObj<typeof meta>

export const Coloured: Story = {
  play: async ({ canvas, canvasElement }) => {
    // Colours are ranges of the text, not elements in it.
    const code = canvasElement.querySelector('code')!
    const isColoured = () =>
      ['pm-keyword', 'pm-string', 'pm-comment'].every((name) =>
        [...(CSS.highlights.get(name) ?? [])].some((range) => code.contains(range.startContainer)),
      )
    await waitFor(() => expect(isColoured()).toBe(true))
    await expect(canvas.getByRole('button', { name: 'Copy' })).toBeVisible()
  },
}

export const OtherLanguages: Story = {
  args: {
    text: [
      fence('css', '.parlance {\n  --parlance-accent: #0f6b4f; /* one seed */\n}'),
      fence('json', '{ "role": "user", "parts": [1, true, null] }'),
      fence('sh', 'curl -N "$RELAY/v1/chat/completions" -d @question.json # streams'),
    ].join('\n\n'),
  },
}

/** A language nobody has colours for is shown as it is. */
export const Plain: Story = { args: { text: fence('', 'nothing to colour here') } }

/** A fence that is still open: what is there has its colours already. */
export const WhileItIsWritten: Story = {
  args: { text: typescript.slice(0, 210), streaming: true },
}
