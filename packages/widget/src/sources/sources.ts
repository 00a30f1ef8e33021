import type { Citation } from '@parlance/core'

/** A source as it is listed. */
export interface Source {
  readonly number: number
  /** Absent where there is no address, or not one of the web. */
  readonly url: string | undefined
  readonly title: string
  readonly quote: string | undefined
  /** Where the link leads, where that is another site than this one. */
  readonly host: string | undefined
}

/** One source per number, in order of number. A link that is not http, https or of this site loses its address. */
export function toSources(citations: readonly Citation[]): readonly Source[] {
  const sources = new Map<number, Source>()
  for (const { number, url, title, quote } of citations) {
    if (sources.has(number)) continue
    const address = readAddress(url)
    sources.set(number, {
      number,
      url: address?.href,
      title: title?.trim() || address?.host || `${number}`,
      quote,
      host: address && address.host !== globalThis.location?.host ? address.host : undefined,
    })
  }
  return [...sources.values()].sort((one, other) => one.number - other.number)
}

function readAddress(url: string | undefined): URL | undefined {
  if (!url) return undefined
  try {
    const address = new URL(url, globalThis.location?.href)
    return /^https?:$/.test(address.protocol) ? address : undefined
  } catch {
    return undefined
  }
}
