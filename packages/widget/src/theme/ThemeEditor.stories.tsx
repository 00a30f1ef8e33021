import type { Meta, StoryObj } from '@storybook/react-vite'
import { expect, fireEvent } from 'storybook/test'
import { ThemeEditor } from '../fixtures/ThemeEditor.tsx'

const meta = {
  title: 'Widget/Theme editor',
  component: ThemeEditor,
  parameters: { layout: 'fullscreen', docs: { story: { inline: false, height: '720px' } } },
} satisfies Meta<typeof ThemeEditor>

export default meta
type Story = StoryObj<typeof meta>

/** Nine seeds, and the tag to paste. Words stay readable under any accent: choose the worst. */
export const Seeds: Story = {
  play: async ({ canvas, userEvent }) => {
    await fireEvent.input(canvas.getByLabelText('accent', { exact: true, selector: 'input' }), {
      target: { value: '#ffe600' },
    })
    await fireEvent.input(canvas.getByLabelText(/^radius/), { target: { value: '20' } })
    await userEvent.type(canvas.getByLabelText('font'), 'Georgia, "Times"')
    await userEvent.selectOptions(canvas.getByLabelText('scheme'), 'dark')
    const tag = canvas.getByLabelText('Tag to paste')
    await expect(tag).toHaveTextContent('data-accent="#ffe600"')
    await expect(tag).toHaveTextContent('data-radius="20"')
    await expect(tag).toHaveTextContent('data-font="Georgia, &quot;Times&quot;"')
    await expect(tag).toHaveTextContent('data-scheme="dark"')
    const form = canvas.getByLabelText('print it as')
    await userEvent.selectOptions(form, 'react')
    await expect(tag).toHaveTextContent(`font: 'Georgia, "Times"',`)
    await userEvent.selectOptions(form, 'css')
    await expect(tag).toHaveTextContent('--parlance-radius: 20px;')
    await userEvent.click(canvas.getByRole('button', { name: 'accent #f3c4d9' }))
    await expect(tag).toHaveTextContent('--parlance-accent: #f3c4d9;')
    await userEvent.selectOptions(form, 'tag')
  },
}
