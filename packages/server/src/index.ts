export type {
  HttpProvider,
  LocalProvider,
  Model,
  Price,
  Provider,
  ProviderContext,
} from './provider.ts'
export type { Grounding, LogEvent, Passage, RelayLimits, RelayOptions } from './relayOptions.ts'
