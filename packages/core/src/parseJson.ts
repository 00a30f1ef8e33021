/** The value of a JSON text; undefined for anything else, such as nesting deeper than the engine's stack. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
