import type { Meta, StoryObj } from '@storybook/react-vite'
import { expect, waitFor } from 'storybook/test'
import { TokenSheet } from '../fixtures/TokenSheet.tsx'

const meta = {
  title: 'Widget/Tokens',
  component: TokenSheet,
  parameters: { layout: 'fullscreen', docs: { story: { inline: false, height: '980px' } } },
} satisfies Meta<typeof TokenSheet>

export default meta
type Story = StoryObj<typeof meta>

/** All that derives from the seeds. Choose an accent in the toolbar: the contrasts are measured from what is painted. */
export const All: Story = {
  play: async ({ canvasElement }) => {
    const measured = canvasElement.querySelectorAll<HTMLElement>('[data-least]')
    await waitFor(() => expect(measured[0]).not.toHaveTextContent(/^$/))
    for (const { textContent, dataset } of measured)
      await expect(Number(textContent)).toBeGreaterThanOrEqual(Number(dataset['least']))
  },
}
