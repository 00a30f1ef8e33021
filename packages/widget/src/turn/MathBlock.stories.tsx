import { mathComponents, texSyntax } from '@parlance/markdown/math'
import type { Meta, StoryObj } from '@storybook/react-vite'
import { expect, waitFor } from 'storybook/test'
import { inPartFrame } from '../fixtures/inPartFrame.tsx'
import { MessageText } from './MessageText.tsx'

const slots = { MathBlock: mathComponents.math, MathText: mathComponents.inlineMath }

/** The slots `MathBlock` and `MathText`, which are empty until an owner fills them from `@parlance/markdown/math`. */
const meta = {
  title: 'Widget/MathBlock',
  component: MessageText,
  args: {
    text: 'The roots are $x = \\frac{-b \\pm \\sqrt{b^2 - 4ac}}{2a}$, and the sum of the first $n$ numbers is\n\n$$\n\\sum_{i=1}^{n} i = \\frac{n(n+1)}{2}\n$$',
    streaming: false,
  },
  decorators: [inPartFrame({ math: texSyntax, slots })],
} satisfies Meta<typeof MessageText>

export default meta
type Story = StoryObj<typeof meta>

export const Formulas: Story = {
  play: async ({ canvasElement }) => {
    await waitFor(() => expect(canvasElement.querySelectorAll('math')).toHaveLength(3))
    await expect(canvasElement.querySelectorAll('math[display="block"]')).toHaveLength(1)
  },
}
