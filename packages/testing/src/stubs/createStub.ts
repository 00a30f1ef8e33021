import { createAiapiStub } from './aiapi.ts'
import { createAimoStub } from './aimo.ts'
import { createChipipayStub } from './chipipay.ts'
import { createChippStub } from './chipp.ts'
import { createOpenaiStub } from './openai.ts'
import { createRoutedStub } from './routed.ts'
import type { Stub } from './stub.ts'

const creators: Readonly<Record<string, () => Stub>> = {
  chipipay: createChipipayStub,
  chipp: createChippStub,
  routed: createRoutedStub,
  aiapi: createAiapiStub,
  aimo: createAimoStub,
  openai: createOpenaiStub,
}

/** Names of all stubs. */
export const stubNames: readonly string[] = Object.keys(creators)

/** The stub of a provider by its name. Throws a `TypeError` for a name without one. */
export function createStub(name: string): Stub {
  const create = Object.hasOwn(creators, name) ? creators[name] : undefined
  if (create) return create()
  throw new TypeError(`There is no stub \`${name}\`. Choose one of ${stubNames.join(', ')}.`)
}
