/** Whether a history of this name may be on the device, without making one: browsers that do not say may have one. */
export async function hasKept(name: string): Promise<boolean> {
  try {
    const databases = await indexedDB.databases()
    return databases.some((database) => database.name === toDatabaseName(name))
  } catch {
    return true
  }
}

/** What the database of a history is called. */
export function toDatabaseName(name: string): string {
  return `parlance:${name}`
}
