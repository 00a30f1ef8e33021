import type { Message } from '@parlance/core'
import type { ReactElement } from 'react'
import { useWidget } from '../settings/WidgetContext.tsx'
import { fill } from '../strings/strings.ts'

/** What an answer took: model and who ran it, tokens, cost and time, as far as they are known. */
export function UsageLine({ message }: { readonly message: Message }): ReactElement {
  const { strings, formats } = useWidget()
  const { model, provider, usage, cost, latencyMs } = message
  const facts: string[] = []
  if (model) facts.push(model)
  if (provider && provider !== model) facts.push(provider)
  if (usage?.inputTokens !== undefined)
    facts.push(formats.plural(strings.tokensIn, usage.inputTokens))
  if (usage?.outputTokens !== undefined)
    facts.push(formats.plural(strings.tokensOut, usage.outputTokens))
  if (cost) {
    const price = formats.cost(cost)
    facts.push(cost.source === 'estimated' ? fill(strings.estimatedCost, { cost: price }) : price)
  }
  if (latencyMs !== undefined) facts.push(formats.duration(latencyMs))
  return (
    <p className="pl-usage" part="usage">
      {facts.map((fact) => (
        <bdi key={fact} className="pl-fact">
          {fact}
        </bdi>
      ))}
    </p>
  )
}
