import { type Strategy, strategies } from '@quotakeeper/quota-core/rules'
import { usageFailure } from '../failure.js'

/** A change of routing: null returns a setting to its default; what is left out stays. */
export interface RoutingDraft {
  readonly strategy?: Strategy | null
  readonly maxWaitMs?: number | null
  readonly aliases?: Readonly<Record<string, readonly string[]>>
  readonly priorities?: Readonly<Record<string, number>>
}

export interface RoutingOptions {
  readonly strategy?: string
  readonly maxWait?: string
}

/** @throws Failure for an unknown strategy, another wait than whole milliseconds, or no option */
export function routingChange({ strategy, maxWait }: RoutingOptions): RoutingDraft {
  if (strategy === undefined && maxWait === undefined)
    throw usageFailure('nothing to change: give --strategy or --max-wait')
  return {
    ...(strategy === undefined ? {} : { strategy: strategyOf(strategy) }),
    ...(maxWait === undefined ? {} : { maxWaitMs: waitOf(maxWait) }),
  }
}

function strategyOf(text: string): Strategy | null {
  if (text === 'default') return null
  const found = strategies.find(name => name === text)
  if (found === undefined)
    throw usageFailure(`--strategy must be ${strategies.join(', ')} or default, not "${text}"`)
  return found
}

function waitOf(text: string): number | null {
  if (text === 'default') return null
  if (!/^\d{1,7}$/.test(text))
    throw usageFailure(`--max-wait must be whole milliseconds from 0 to 3600000, or default, not "${text}"`)
  return Number(text)
}
