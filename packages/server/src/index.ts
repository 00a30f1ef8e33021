export { createRelay, type Relay, type RequestInfo } from './createRelay.ts'
export { openai, type OpenaiOptions } from './openai.ts'
export type {
  HttpProvider,
  LocalProvider,
  Model,
  Price,
  Provider,
  ProviderContext,
} from './provider.ts'
export type {
  AllowedParameter,
  DailyBudget,
  Feedback,
  Grounding,
  LogEvent,
  Passage,
  RelayLimits,
  RelayOptions,
  ResumeOptions,
} from './relayOptions.ts'
export type {
  Ledger,
  LedgerEntry,
  LedgerFilter,
  LedgerGroup,
  LedgerStore,
  LedgerSummary,
  LedgerTotal,
  ReplyOutcome,
} from './ledger.ts'
export type { BudgetStore } from './budget.ts'
export type { ReadPiece, RunPiece, RunStore, RunWish } from './runStore.ts'
export type { RateLimiter } from './rateLimits.ts'
export type { KeptSession, SessionStore } from './sessionStore.ts'
export type { OpenRound, RoundStore } from './tools/openRounds.ts'
export {
  type ClientToolDeclaration,
  type ServerTool,
  type StandardSchema,
  tool,
  type ToolContext,
} from './tools/serverTool.ts'
