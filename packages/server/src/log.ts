import type { LogEvent } from './relayOptions.ts'

const maxDetailChars = 500
const maxSecrets = 1_000

/** Shorter texts are words of the language, not secrets or quotations. */
const minSecretChars = 6
const minEchoChars = 16

/** The shapes of credentials: keys with a prefix, authorization values, JSON web tokens, long runs of random text. */
const secretPatterns = [
  /\b(?:Bearer|Basic|Payment|Token)\s+[\w.~+/=-]{6,}/gi,
  /\b(?:sk|rk|pk|gsk|xai|hf|r8|nvapi|pplx|fw|csk|key|api|org|proj)[-_][\w.*-]{4,}/gi,
  /\bAIza[\w-]{6,}|\bAKIA\w{6,}|\beyJ[\w-]{6,}(?:\.[\w-]*)*/g,
  /\b[\w-]{32,}\b/g,
  /\S*\*{3,}\S*/g,
  /(?<=(?:key|token|secret|password)["']?\s*[:=]\s*)["']?[^\s"',;]{4,}/gi,
]

/** The relay's voice to the owner. What it says holds no key, token or message text. */
export interface Log {
  /** Never throws. `texts` are what the visitor wrote: a provider's words may quote them. */
  write(event: LogEvent, texts?: readonly string[]): void
  /** Adds a value that no detail may hold. */
  addSecret(value: string): void
}

/** What an owner without a `log` hears: what went wrong, a line each. */
function logToConsole({ level, ...event }: LogEvent): void {
  if (level !== 'info') console[level](`Parlance: ${JSON.stringify(event)}`)
}

export function createLog(
  log: (event: LogEvent) => void = logToConsole,
  secrets: readonly string[],
): Log {
  const known = new Set<string>()
  const addSecret = (value: string) => {
    if (known.size >= maxSecrets) return
    // A credential is echoed with its scheme or without.
    for (const part of [value, ...value.split(/\s+/)]) {
      if (part.length >= minSecretChars) known.add(part)
    }
  }
  for (const secret of secrets) addSecret(secret)

  return {
    addSecret,
    write(event, texts = []) {
      try {
        log(event.detail ? { ...event, detail: redact(event.detail, known, texts) } : event)
      } catch {
        // A logger that fails must not take a visitor's reply with it, and there is nobody left to tell.
      }
    },
  }
}

function redact(detail: string, secrets: ReadonlySet<string>, texts: readonly string[]): string {
  let clean = detail
  for (const secret of secrets) clean = cutSecret(clean, secret)
  clean = cutQuotations(clean, texts)
  for (const pattern of secretPatterns) clean = clean.replace(pattern, '[secret]')
  // Cut last, so that no secret is cut in two and missed.
  return clean.replace(/[\p{Cc}\p{Cf}]+/gu, ' ').slice(0, maxDetailChars)
}

function cutSecret(detail: string, secret: string): string {
  const clean = detail.replaceAll(secret, '[secret]')
  // A detail that was cut before it came here may end in the middle of one.
  for (let length = Math.min(secret.length, clean.length); length >= minSecretChars; length--) {
    if (clean.endsWith(secret.slice(0, length))) return `${clean.slice(0, -length)}[secret]`
  }
  return clean
}

/** Takes out whatever is word for word in what the visitor wrote. */
function cutQuotations(detail: string, texts: readonly string[]): string {
  let clean = detail
  for (const text of texts) {
    // Quoted inside JSON, a line break is two characters.
    for (const form of new Set([text, JSON.stringify(text).slice(1, -1)])) {
      if (form.length >= 4) clean = clean.replaceAll(form, '[text]')
      for (let start = 0; start + minEchoChars <= clean.length; start++) {
        let end = start + minEchoChars
        if (!form.includes(clean.slice(start, end))) continue
        while (end < clean.length && form.includes(clean.slice(start, end + 1))) end++
        clean = `${clean.slice(0, start)}[text]${clean.slice(end)}`
      }
    }
  }
  return clean
}

/** The words of an error, for `detail`: of a provider's answer what core read of it, else the chain of causes. */
export function toDetail(error: unknown): string {
  if (!(error instanceof Error)) {
    const { code, type, message } = (error ?? {}) as Record<string, unknown>
    // A fault of a stream may have as many characters as one event.
    const words = [code, type, message].filter((word) => typeof word === 'string')
    return words.map((word) => word.slice(0, 4 * maxDetailChars)).join(' ')
  }
  const { code } = error as { code?: unknown }
  const own = `${error.name}${typeof code === 'string' ? ` ${code}` : ''}: ${error.message}`
  return error.cause === undefined ? own : `${own} (${toDetail(error.cause)})`
}
