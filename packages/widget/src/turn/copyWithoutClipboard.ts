/**
 * Copies a text the old way, which serves pages without TLS and frames that were not given the clipboard. Focus stays on
 * the button. Tells whether it was copied.
 */
export function copyWithoutClipboard(text: string, button: HTMLElement): boolean {
  const field = document.createElement('textarea')
  field.value = text
  button.after(field)
  field.select()
  const isCopied = document.execCommand('copy')
  field.remove()
  button.focus()
  return isCopied
}
