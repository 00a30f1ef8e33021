/** Decimals of the stablecoins that are paid with. */
export const tokenDecimals = 6

/** `'1.5'` as the token's smallest units. Throws a `TypeError` for what is no such amount. */
export function toUnits(name: string, amount: string): bigint {
  const match = new RegExp(`^(\\d{1,18})(?:\\.(\\d{1,${tokenDecimals}}))?$`).exec(amount)
  if (match) return BigInt(match[1]! + (match[2] ?? '').padEnd(tokenDecimals, '0'))
  throw new TypeError(`createPayingFetch: \`${name}\` must be an amount such as '1.5'.`)
}

/** A whole number of units from outside; undefined when it is none. */
export function readUnits(value: unknown): bigint | undefined {
  return typeof value === 'string' && /^\d{1,30}$/.test(value) ? BigInt(value) : undefined
}
