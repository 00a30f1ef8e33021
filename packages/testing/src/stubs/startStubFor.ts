import { createStub } from './createStub.ts'
import { type RunningStub, type StartStubOptions, startStub } from './startStub.ts'

/** Environment variables that choose a provider. */
export type StubEnvironment = Readonly<Record<string, string | undefined>>

/** A key of the tests, for the one provider that is signed in to. It holds nothing: 32 bytes, the last one 1. */
const walletKey = `0x${'01'.padStart(64, '0')}`

export interface StubFor {
  /** Absent for `docs`, which asks nobody. */
  readonly stub: RunningStub | undefined
  /** In which the provider is asked at the stub. */
  readonly environment: StubEnvironment
}

/**
 * Starts the stub of the provider that `PARLANCE_PROVIDER` names: with `PARLANCE_STUB=1` the whole path is seen with no
 * account. Throws a `TypeError` for a provider that has none.
 */
export async function startStubFor(
  environment: StubEnvironment,
  options: StartStubOptions = { paceMs: 30 },
): Promise<StubFor> {
  if (environment['PARLANCE_PROVIDER'] === 'docs') return { stub: undefined, environment }
  const name = environment['PARLANCE_PROVIDER'] ?? 'openai'
  const stub = createStub(name)
  const running = await startStub(stub, options)
  return {
    stub: running,
    environment: {
      ...environment,
      PARLANCE_BASE_URL: running.baseUrl,
      PARLANCE_API_KEY: stub.apiKey,
      PARLANCE_MODEL: stub.model,
      PARLANCE_WALLET_KEY: name === 'aimo' ? walletKey : undefined,
      // Made up, so that the cost of an answer is seen where the provider reports none.
      PARLANCE_PRICE: environment['PARLANCE_PRICE'] || '2.50,10',
    },
  }
}
