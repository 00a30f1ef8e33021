import type { ClientTool } from './chatOptions.ts'
import type { ToolCallPart } from './messages.ts'
import { reportUncaught } from './reportThrown.ts'

/** What a tool returned, as JSON text. */
export interface ToolOutcome {
  readonly outcome: 'ok' | 'failed'
  readonly output: string
}

/** Calls a tool once. A fault of it is reported on this side; the model learns that it failed and no more. */
export async function runTool(
  tool: ClientTool,
  call: ToolCallPart,
  signal: AbortSignal,
): Promise<ToolOutcome> {
  let input: unknown
  try {
    // Services send nothing where a tool takes nothing.
    input = JSON.parse(call.argumentsText || '{}')
  } catch {
    return { outcome: 'failed', output: '{"error":"The arguments are not JSON."}' }
  }
  try {
    const value = await tool.run(input, { signal })
    // Undefined and functions have no JSON.
    return { outcome: 'ok', output: JSON.stringify(value) ?? 'null' }
  } catch (error) {
    if (!signal.aborted) reportUncaught(error)
    return { outcome: 'failed', output: '{"error":"The tool failed."}' }
  }
}
