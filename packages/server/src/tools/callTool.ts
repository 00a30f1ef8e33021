import { type Log, toDetail } from '../log.ts'
import type { ServerTool, ToolContext } from './serverTool.ts'

/** A call as the model made it. */
export interface ModelCall {
  readonly callId: string
  readonly name: string
  /** JSON text. */
  readonly argumentsText: string
}

/** What goes back to the model. */
export interface CallOutcome {
  /** JSON text. */
  readonly output: string
  readonly outcome: 'ok' | 'failed'
}

const maxOutputChars = 64_000

/** Checks the arguments of a call and runs its tool. Never rejects: whatever goes wrong, the model is told so. */
export async function callTool(
  tools: Readonly<Record<string, ServerTool>>,
  { name, argumentsText }: ModelCall,
  context: ToolContext,
  log: Log,
): Promise<CallOutcome> {
  const tool = Object.hasOwn(tools, name) ? tools[name] : undefined
  if (!tool) return failed('There is no such tool.')
  let value: unknown
  try {
    // Services send nothing where a tool takes nothing.
    value = JSON.parse(argumentsText || '{}')
  } catch {
    return failed('The arguments are not JSON.')
  }
  const late = AbortSignal.timeout(tool.timeoutMs ?? 30_000)
  const signal = AbortSignal.any([context.signal, late])
  try {
    const result = await tool.input['~standard'].validate(value)
    if (result.issues) {
      const reasons = result.issues.slice(0, 5).map(({ message }) => message)
      return failed(`The arguments do not fit: ${reasons.join('; ').slice(0, 500)}`)
    }
    const output = await untilAborted(tool.run(result.value, { ...context, signal }), signal)
    return toOutcome(output)
  } catch (cause) {
    if (!context.signal.aborted) {
      const { replyId, visitorId } = context
      const event = { level: 'error', event: 'tool-failed', replyId, visitorId } as const
      log.write({ ...event, detail: `${name}: ${toDetail(cause)}` }, [argumentsText])
    }
    return failed(late.aborted ? 'The tool took too long.' : 'The tool failed.')
  }
}

function toOutcome(value: unknown): CallOutcome {
  // Undefined and functions have no JSON.
  const output = JSON.stringify(value) ?? 'null'
  if (output.length > maxOutputChars) return failed('The tool returned more than can be read.')
  return { output, outcome: 'ok' }
}

function failed(error: string): CallOutcome {
  return { output: JSON.stringify({ error }), outcome: 'failed' }
}

/** A tool that does not heed its signal is left behind. */
function untilAborted(work: unknown, signal: AbortSignal): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason as Error)
    if (signal.aborted) return onAbort()
    signal.addEventListener('abort', onAbort, { once: true })
    Promise.resolve(work)
      .then(resolve, reject)
      .finally(() => signal.removeEventListener('abort', onAbort))
  })
}
