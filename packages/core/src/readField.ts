/** A JSON object from outside: any field may be absent or of any type. */
export type JsonObject = Readonly<Record<string, unknown>>

/** The value if it is a JSON object; no array, not null. */
export function readObject(value: unknown): JsonObject | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as JsonObject)
    : undefined
}

/** The value if it is a list, else an empty one. */
export function readList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/** Hands on each object of a list, an empty one for what is none; `more` goes with it. Costs nothing where no list is. */
export function readEach<More>(
  list: unknown,
  read: (item: JsonObject, more: More) => void,
  more: More,
): void {
  if (Array.isArray(list)) for (const item of list) read(readObject(item) ?? {}, more)
}

/** The value if it is a text with something in it. Services send `""` where they mean nothing. */
export function readText(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** The value if it is a number that can count something: finite and not negative. */
export function readNumber(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined
}
