import type { RetryOptions, ToolDeclaration } from '@parlance/core'
import type { Provider } from './provider.ts'
import type { DailyBudget, RelayLimits, RelayOptions, ResumeOptions } from './relayOptions.ts'
import { type ServerTool, toDeclarations } from './tools/serverTool.ts'

const defaultLimits: RelayLimits = {
  tokenLifetimeMs: 600_000,
  bodyBytes: 65_536,
  bodyMs: 10_000,
  messages: 40,
  messageChars: 8_000,
  maxTokens: 1_024,
  requestsPerMinutePerVisitor: 20,
  requestsPerMinutePerAddress: 60,
  concurrentReplies: 2,
  connectMs: 15_000,
  firstByteMs: 60_000,
  idleMs: 45_000,
  totalMs: 300_000,
  holdMs: 5_000,
  heartbeatMs: 15_000,
  slowReaderMs: 60_000,
  answerBytes: 8_388_608,
}

const defaultResume = {
  graceMs: 15_000,
  ttlMs: 120_000,
  runChars: 1_048_576,
  totalChars: 67_108_864,
  maxRuns: 1_000,
}

/** What is kept of runs, each number more than 0. */
export type ResumeSettings = Readonly<typeof defaultResume> & Pick<ResumeOptions, 'store'>

/** Four pictures of a phone, as base64 text. */
const bodyBytesWithImages = 8_388_608

const minSecretBytes = 32

/** All there are, for callers without types: a cap with a slip in its name would protect nothing. */
const optionNames = {
  provider: true,
  secret: true,
  origins: true,
  allowMissingOrigin: true,
  basePath: true,
  system: true,
  grounding: true,
  tools: true,
  clientTools: true,
  maxToolRounds: true,
  allow: true,
  limits: true,
  pageContext: true,
  resume: true,
  retry: true,
  dailyBudget: true,
  budgetStore: true,
  roundStore: true,
  sessionStore: true,
  ledgerStore: true,
  rateLimiters: true,
  identify: true,
  trustedProxies: true,
  onFeedback: true,
  log: true,
  fetch: true,
  now: true,
} satisfies Record<keyof RelayOptions, true>

/** What common provider keys look like. Nothing of this shape belongs where a browser can see it. */
const keyPattern =
  /\b(?:sk|rk|pk|gsk|xai|hf|r8|nvapi|pplx|fw|csk|key|api)[-_][A-Za-z0-9_-]{16,}|\bAIza[\w-]{30,}|\beyJ[\w-]{10,}\.[\w-]{10,}|\bAKIA[A-Z0-9]{12,}/

/** Options with every default in place and every nonsense refused. */
export interface RelaySettings {
  readonly providers: readonly [Provider, ...Provider[]]
  readonly secrets: readonly string[]
  readonly origins: ReadonlySet<string>
  readonly basePath: string
  readonly limits: RelayLimits
  readonly retry: { readonly [Key in keyof RetryOptions]-?: number }
  readonly trustedProxies: number
  readonly resume: ResumeSettings | undefined
  readonly dailyBudget: DailyBudget | undefined
  readonly tools: ToolSettings | undefined
}

/** The server's tools, as they are run and as a model is told them. */
export interface ToolSettings {
  readonly tools: Readonly<Record<string, ServerTool>>
  /** Names of the tools that run in the page. */
  readonly clientTools: ReadonlySet<string>
  readonly declarations: readonly ToolDeclaration[]
  readonly maxRounds: number
}

/** Reads what an owner passed. Throws a `TypeError` that says what is wrong, why it matters and what to do. */
export function readRelayOptions(options: RelayOptions): RelaySettings {
  const providers = [options.provider].flat() as Provider[]
  const secrets = [options.secret].flat() as unknown[]
  const basePath = options.basePath ?? '/api/chat'

  for (const name of Object.keys(options)) {
    if (Object.hasOwn(optionNames, name)) continue
    refuse(`\`${name}\` is no option`, 'it would have no effect', 'correct its name')
  }
  if (providers.length === 0 || providers.some((provider) => !provider)) {
    refuse(
      '`provider` is missing',
      'nothing could answer',
      'pass a provider such as `openai({ … })`',
    )
  }
  for (const provider of providers) checkProvider(provider)
  if (secrets.length === 0) secrets.push(undefined)
  for (const secret of secrets) checkSecret(secret)
  for (const origin of checkList(options.origins)) checkOrigin(origin)
  if (!/^(\/[A-Za-z0-9._~-]+)+$/.test(basePath)) {
    refuse(
      '`basePath` must be a path such as `/api/chat`, without a slash at its end',
      'every route of the relay lies under it',
      'correct it',
    )
  }
  refuseKeys('basePath', basePath)

  const takesImages = providers.some(({ models }) =>
    Object.values(models).some(({ images }) => images),
  )
  const limits = {
    ...defaultLimits,
    ...(takesImages && { bodyBytes: bodyBytesWithImages }),
    ...withoutUndefined(options.limits ?? {}),
  }
  for (const [name, value] of Object.entries(limits)) {
    if (!Object.hasOwn(defaultLimits, name)) {
      refuse(`\`limits.${name}\` is not a limit`, 'it would have no effect', 'correct its name')
    }
    checkCount(`limits.${name}`, value, 1)
  }
  if (limits.tokenLifetimeMs > 600_000 || limits.tokenLifetimeMs < 10_000) {
    refuse(
      '`limits.tokenLifetimeMs` must lie between 10,000 and 600,000',
      'a client token that leaks must soon be worthless',
      'choose at most ten minutes; clients refresh by themselves',
    )
  }
  checkCount('trustedProxies', options.trustedProxies ?? 0, 0)
  for (const name of options.pageContext ?? []) {
    if (/^[A-Za-z][\w-]{0,39}$/.test(name)) continue
    refuse(
      `\`pageContext\` holds ${JSON.stringify(name)}`,
      'the model reads these names',
      'use up to 40 letters, digits, `_` or `-`, beginning with a letter',
    )
  }

  return {
    providers: providers as [Provider, ...Provider[]],
    secrets: secrets as string[],
    origins: new Set(options.origins),
    basePath,
    limits,
    retry: readRetry(options.retry),
    trustedProxies: options.trustedProxies ?? 0,
    resume: readResume(options.resume),
    dailyBudget: checkBudget(options.dailyBudget, providers),
    tools: readTools(options),
  }
}

function checkProvider(provider: Provider): void {
  const names = Object.keys(provider.models)
  if (names.length === 0) {
    refuse(
      `provider \`${provider.name}\` offers no model`,
      'a browser could ask for none',
      'name at least one in its `models`',
    )
  }
  for (const name of names) {
    refuseKeys(`models of provider ${provider.name}`, name)
    const model = provider.models[name]!
    if (model.maxTokens !== undefined) checkCount(`${name}.maxTokens`, model.maxTokens, 1)
    if (model.maxChoices !== undefined) checkCount(`${name}.maxChoices`, model.maxChoices, 1)
  }
}

function checkSecret(secret: unknown): void {
  const bytes = typeof secret === 'string' ? new TextEncoder().encode(secret).length : 0
  if (bytes >= minSecretBytes) return
  refuse(
    `\`secret\` is ${bytes === 0 ? 'missing' : `${bytes} bytes long`}; it must have at least ${minSecretBytes} bytes`,
    'anyone who guesses it mints client tokens and spends your money',
    'make one with `openssl rand -base64 32` and keep it in the environment',
  )
}

function checkList(origins: readonly string[] | undefined): readonly string[] {
  if (Array.isArray(origins) && origins.length > 0) return origins as string[]
  return refuse(
    Array.isArray(origins) ? '`origins` is empty' : '`origins` is not a list',
    'no browser could use the relay',
    'list each page origin exactly, such as `https://shop.example`',
  )
}

function checkOrigin(origin: unknown): void {
  if (typeof origin === 'string') {
    refuseKeys('origins', origin)
    const url = URL.canParse(origin) ? new URL(origin) : null
    if (url && /^https?:$/.test(url.protocol) && url.origin === origin) return
  }
  refuse(
    `\`origins\` holds ${JSON.stringify(origin)}, which is not an origin`,
    'origins are compared exactly, so it would never match, or match too much',
    'write scheme, host and port alone, such as `https://shop.example` or `http://localhost:5173`',
  )
}

function checkCount(name: string, value: unknown, least: number): void {
  if (Number.isSafeInteger(value) && (value as number) >= least) return
  refuse(
    `\`${name}\` is ${String(value)}`,
    'a limit that is no number protects nothing',
    `pass a whole number of at least ${least}`,
  )
}

function checkBudget(
  budget: DailyBudget | undefined,
  providers: readonly Provider[],
): DailyBudget | undefined {
  if (!budget) return undefined
  if ('tokens' in budget) {
    checkCount('dailyBudget.tokens', budget.tokens, 1)
    return budget
  }
  checkCount('dailyBudget.micros', budget.micros, 1)
  for (const { name, models } of providers) {
    for (const [publicName, model] of Object.entries(models)) {
      if (model.price?.currency === budget.currency) continue
      refuse(
        `model \`${publicName}\` of provider \`${name}\` has no price in ${budget.currency}`,
        '`dailyBudget` is money and could not count its replies',
        'give it a `price` in that currency, or count the budget in tokens',
      )
    }
  }
  return budget
}

function readTools(options: RelayOptions): ToolSettings | undefined {
  const { tools = {}, clientTools = {}, maxToolRounds = 4 } = options
  checkCount('maxToolRounds', maxToolRounds, 1)
  const shared = Object.keys(clientTools).find((name) => Object.hasOwn(tools, name))
  if (shared !== undefined) {
    refuse(
      `the tool \`${shared}\` stands in \`tools\` and in \`clientTools\``,
      'the model calls a tool by its name, and it can run in one place',
      'give one of them another name',
    )
  }
  const declarations = toDeclarations({ ...tools, ...clientTools })
  if (declarations.length === 0) return undefined
  const names = new Set(Object.keys(clientTools))
  return { tools, clientTools: names, declarations, maxRounds: maxToolRounds }
}

function readRetry(retry: false | RetryOptions | undefined): RelaySettings['retry'] {
  const given = retry === false ? { attempts: 0 } : (retry ?? {})
  const defaults = { attempts: 2, baseMs: 500, maxMs: 8_000, maxRetryAfterMs: 20_000 }
  const settled: RelaySettings['retry'] = { ...defaults, ...withoutUndefined(given) }
  for (const [name, value] of Object.entries(settled)) checkCount(`retry.${name}`, value, 0)
  return settled
}

function readResume(resume: false | ResumeOptions | undefined): ResumeSettings | undefined {
  if (!resume) return undefined
  const { store, ...given } = resume
  const settled = { ...defaultResume, ...withoutUndefined(given) }
  for (const [name, value] of Object.entries(settled)) {
    if (!Object.hasOwn(defaultResume, name)) {
      refuse(`\`resume.${name}\` is no option`, 'it would have no effect', 'correct its name')
    }
    checkCount(`resume.${name}`, value, 1)
  }
  return { ...settled, store }
}

function refuseKeys(place: string, value: string): void {
  if (!keyPattern.test(value)) return
  refuse(
    `${place}: a value looks like a secret key`,
    'browsers can see it',
    'keep keys in the `apiKey` of a provider, and replace this one if it was ever public',
  )
}

/** Lets a default stand where an option is named and undefined. */
function withoutUndefined<Values extends object>(
  values: Values,
): { [Key in keyof Values]: Exclude<Values[Key], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [Key in keyof Values]: Exclude<Values[Key], undefined>
  }
}

function refuse(what: string, why: string, how: string): never {
  throw new TypeError(`createRelay: ${what}: ${why}. To fix it, ${how}.`)
}
