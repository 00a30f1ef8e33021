import { createFakeChat, type FakeChat } from '@parlance/testing'
import { beforeEach, describe, expect, test } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import { render } from 'vitest-browser-react'
import { SupportChat, type SupportChatProps } from '../SupportChat.tsx'
import '../styles.css'

const features = { attachments: true }
const theme = { motion: 0 }

async function show(props: SupportChatProps = {}): Promise<FakeChat> {
  const chat = createFakeChat({ replies: ['An answer.'] })
  await page.viewport(900, 800)
  await render(
    <SupportChat chat={chat} mode="inline" features={features} theme={theme} {...props} />,
  )
  return chat
}

const find = (selector: string) => document.querySelector<HTMLElement>(selector)!
const field = () => page.getByRole('textbox', { name: 'Your message' })
const sentence = (text: string | RegExp) => page.getByText(text)

let glaze: Blob
beforeEach(async () => {
  const canvas = new OffscreenCanvas(64, 32)
  canvas.getContext('2d')!.fillRect(0, 0, 32, 32)
  glaze = await canvas.convertToBlob({ type: 'image/png' })
})
const picture = (name = 'glaze.png') => new File([glaze], name, { type: 'image/png' })

/** What a mouse carries or a clipboard holds. */
function holding(files: readonly File[], texts: Readonly<Record<string, string>> = {}) {
  const data = new DataTransfer()
  for (const [type, text] of Object.entries(texts)) data.items.add(text, type)
  for (const file of files) data.items.add(file)
  return data
}

function paste(data: DataTransfer): { readonly isTaken: boolean } {
  const event = new ClipboardEvent('paste', {
    clipboardData: data,
    bubbles: true,
    cancelable: true,
  })
  find('.pl-input').dispatchEvent(event)
  return { isTaken: event.defaultPrevented }
}

function drag(type: 'dragenter' | 'dragleave' | 'drop', dataTransfer: DataTransfer): void {
  find('.pl-transcript').dispatchEvent(
    new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }),
  )
}

describe('a picture', () => {
  test('that is dropped anywhere on the chat goes with the message, and is drawn in it', async () => {
    const chat = await show()
    drag('dragenter', holding([picture()]))
    await expect.element(sentence('Drop images to attach them')).toBeVisible()
    drag('drop', holding([picture()]))
    await expect.poll(() => find('.pl-drop')).toBeNull()
    await expect.element(page.getByRole('img', { name: 'glaze.png' })).toBeVisible()
    await userEvent.type(field(), 'Which glaze is it?')
    await userEvent.keyboard('{Enter}')
    await expect.poll(() => find('.pl-tray')).toBeNull()
    expect(chat.turns[0]?.input).toMatchObject({
      text: 'Which glaze is it?',
      images: [{ type: 'image', mediaType: 'image/png', name: 'glaze.png' }],
    })
    const drawn = page.getByRole('article').getByRole('img', { name: 'glaze.png' })
    await expect.poll(() => (drawn.element() as HTMLCanvasElement).width).toBe(64)
  })

  test('whose drag leaves again leaves nothing', async () => {
    await show()
    drag('dragenter', holding([picture()]))
    await expect.element(sentence('Drop images to attach them')).toBeVisible()
    drag('dragleave', holding([picture()]))
    await expect.poll(() => find('.pl-drop')).toBeNull()
    expect(find('.pl-tray')).toBeNull()
  })

  test('that is pasted is attached', async () => {
    await show()
    expect(paste(holding([picture()])).isTaken).toBe(true)
    await expect.element(page.getByRole('img', { name: 'glaze.png' })).toBeVisible()
  })

  test.each([
    ['from a page, with its address', { 'text/html': '<img src="https://shop.example/a.png">' }],
    ['as a file, with its name', { 'text/plain': 'glaze.png' }],
  ])('that is copied %s is attached all the same', async (_, texts) => {
    await show()
    expect(paste(holding([picture()], texts)).isTaken).toBe(true)
    await expect.element(page.getByRole('img', { name: 'glaze.png' })).toBeVisible()
  })

  test('that comes along with a copied table is left out: its words are meant', async () => {
    await show()
    const table = { 'text/plain': 'Pot\t2', 'text/html': '<table><td>Pot<td>2</table>' }
    expect(paste(holding([picture()], table)).isTaken).toBe(false)
    expect(find('.pl-tray')).toBeNull()
  })

  test('that is taken away again makes room for another, and focus goes to the field', async () => {
    await show({ attachmentLimits: { maxCount: 1 } })
    paste(holding([picture()]))
    await page.getByRole('button', { name: 'Remove glaze.png' }).click()
    await expect.element(field()).toHaveFocus()
    paste(holding([picture('lid.png')]))
    await expect.element(page.getByRole('img', { name: 'lid.png' })).toBeVisible()
  })

  test('is made smaller where it is larger than a model sees', async () => {
    const chat = await show({ attachmentLimits: { maxPixels: 16 } })
    paste(holding([picture()]))
    await expect.element(page.getByRole('img', { name: 'glaze.png' })).toBeVisible()
    await page.getByRole('button', { name: 'Send message' }).click()
    const image = new Image()
    image.src = chat.turns[0]!.input!.images![0]!.url
    await image.decode()
    expect([image.naturalWidth, image.naturalHeight]).toEqual([16, 8])
  })
})

describe('what cannot be sent is named, with the reason', () => {
  test.each([
    ['a type', new File(['no picture'], 'notes.png', { type: 'image/png' }), /^notes.png is not/],
    [
      'a picture that no browser can read',
      new File([new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1])], 'torn.png'),
      'torn.png could not be read.',
    ],
  ])('%s', async (_, file, reason) => {
    await show()
    paste(holding([file]))
    await expect.element(page.getByRole('alert').getByText(reason)).toBeVisible()
    expect(find('.pl-thumb')).toBeNull()
  })

  test('a size', async () => {
    await show({ attachmentLimits: { maxBytes: 16 } })
    paste(holding([picture()]))
    await expect.element(page.getByRole('alert').getByText(/^glaze.png is too large/)).toBeVisible()
  })

  test('a number: those before are kept', async () => {
    await show({ attachmentLimits: { maxCount: 2 } })
    paste(holding([picture('1.png'), picture('2.png'), picture('3.png')]))
    await expect
      .element(page.getByRole('alert').getByText('Only 2 images can be attached.'))
      .toBeVisible()
    await expect.element(page.getByRole('img', { name: '2.png' })).toBeVisible()
    expect(document.querySelectorAll('.pl-thumb')).toHaveLength(2)
  })
})

test('where pictures are not taken, nothing of that is there', async () => {
  await show({ features: { attachments: false } })
  expect(document.querySelector('input[type=file]')).toBeNull()
  expect(paste(holding([picture()])).isTaken).toBe(false)
  drag('dragenter', holding([picture()]))
  expect(find('.pl-drop')).toBeNull()
})
