import type { ToolCallPart } from '@parlance/core'
import type { ReactElement } from 'react'
import { Icon } from '../icon/Icon.tsx'
import { useWidget } from '../settings/WidgetContext.tsx'
import { fill, type Strings } from '../strings/strings.ts'

/** Props of the {@link ToolCard} slot. */
export interface ToolCardProps {
  readonly call: ToolCallPart
}

/** A tool the model used: its name and state, what went in and what came out when unfolded. */
export function ToolCard({ call }: ToolCardProps): ReactElement {
  const { strings } = useWidget()
  return (
    <details className="pl-fold pl-tool" part={`tool ${call.state}`} data-state={call.state}>
      <summary className="pl-fold-summary">
        <Icon name={iconOf(call.state)} />
        {fill(sentenceOf(call.state, strings), { name: call.name })}
      </summary>
      <div className="pl-fold-body">
        <p className="pl-label">{strings.toolInput}</p>
        <pre className="pl-json" dir="ltr">
          {indent(call.argumentsText)}
        </pre>
        {call.output !== undefined && (
          <>
            <p className="pl-label">{strings.toolOutput}</p>
            <pre className="pl-json" dir="ltr">
              {indent(call.output)}
            </pre>
          </>
        )}
      </div>
    </details>
  )
}

function sentenceOf(state: ToolCallPart['state'], strings: Strings): string {
  switch (state) {
    case 'calling':
      return strings.toolCalling
    case 'running':
      return strings.toolRunning
    case 'done':
      return strings.toolDone
    case 'failed':
      return strings.toolFailed
    default:
      return state satisfies never
  }
}

function iconOf(state: ToolCallPart['state']): 'check' | 'warning' | 'tool' {
  if (state === 'done') return 'check'
  return state === 'failed' ? 'warning' : 'tool'
}

/** JSON made readable; text that is no whole JSON yet as it is. */
function indent(json: string): string {
  try {
    return JSON.stringify(JSON.parse(json), null, 2)
  } catch {
    return json
  }
}
