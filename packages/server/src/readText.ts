/** A body as text, cut after the piece that passes `maxBytes`; the rest is not read. */
export async function readText(response: Response, maxBytes: number): Promise<string> {
  if (!response.body) return ''
  const decoder = new TextDecoder()
  let text = ''
  let byteCount = 0
  const reader = response.body.getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return text + decoder.decode()
    byteCount += value.byteLength
    text += decoder.decode(value, { stream: true })
    if (byteCount <= maxBytes) continue
    await reader.cancel()
    return text
  }
}
