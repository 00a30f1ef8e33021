import type { Model, ProviderContext } from '../provider.ts'

/** A secret, or a function asked for it before each request. */
export type ApiKey = string | (() => string | Promise<string>)

/** Models by the name a browser may use; a text is the provider's own name of it. The first is the default. */
export type Models = Readonly<Record<string, string | Model>>

/** What the providers with a key have in common. */
export interface KeyedOptions {
  /** One that is undefined, as of a variable that is not set, is refused. */
  readonly apiKey: ApiKey | undefined
  readonly models: Models
  /** Another address of the same API, such as a stub's or a gateway's. */
  readonly baseUrl?: string | undefined
  /** Name in logs and the ledger; two providers of one relay need two. */
  readonly name?: string | undefined
}

/** Models with every text made an object. Throws a `TypeError` when there is none or a name holds the key. */
export function readModels(
  name: string,
  models: Models,
  key?: ApiKey,
): Readonly<Record<string, Model>> {
  const entries = Object.entries(models ?? {})
  if (entries.length === 0) {
    throw new TypeError(
      `${name}: \`models\` is empty, so nothing could be asked. Name at least one, as \`{ fast: 'its-name' }\`.`,
    )
  }
  if (typeof key === 'string' && key && entries.some(([publicName]) => publicName.includes(key))) {
    throw new TypeError(
      `${name}: a name in \`models\` holds the key, and browsers see it. Rename it.`,
    )
  }
  return Object.fromEntries(
    entries.map(([publicName, model]): [string, Model] => [
      publicName,
      typeof model === 'string' ? { model } : model,
    ]),
  )
}

/** An address without a slash at its end. Throws a `TypeError` for one that cannot be a base. */
export function readBaseUrl(name: string, baseUrl: string): string {
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : null
  const isFine = url && /^https?:$/.test(url.protocol) && !url.username && !url.search && !url.hash
  if (isFine) return url.href.replace(/\/+$/, '')
  throw new TypeError(
    `${name}: \`baseUrl\` must be an http(s) address without user, query or fragment.`,
  )
}

/** Makes the header of a Bearer key. Throws a `TypeError` when the key is missing. */
export function createBearer(
  name: string,
  apiKey: ApiKey | undefined,
): (context: ProviderContext) => Promise<{ authorization: string }> {
  if (typeof apiKey !== 'function' && (typeof apiKey !== 'string' || apiKey === '')) {
    throw new TypeError(
      `${name}: \`apiKey\` is missing, and every request would be refused. Pass it, or set the variable it is read from.`,
    )
  }
  return async () => ({
    authorization: `Bearer ${typeof apiKey === 'function' ? await apiKey() : apiKey}`,
  })
}
