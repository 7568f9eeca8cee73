import { metrics } from '@quotakeeper/quota-core/rules'
import type { Inputs } from '../api/connect.js'
import { usageFailure } from '../failure.js'
import { microDollars } from './whole-number.js'

/** A limit as input of the API. */
export type LimitInput = NonNullable<Inputs['providers']['upsert']['limits']>[number]

/** A parsed setting such as `requests/day=1000`. */
export interface LimitSetting {
  /** The text before `=`: an id, or the measure of a new limit. */
  readonly id: string
  /** The text after `=`. */
  readonly max: string
}

const example =
  'write LIMIT=MAX, such as requests/day=1000, tokens/rolling-60s@llama-*=8000, cost/month=$20 or concurrency=5'

/** @throws Failure if it is not of the form `LIMIT=MAX` */
export function parseLimitSetting(text: string): LimitSetting {
  const at = text.lastIndexOf('=')
  if (at < 1 || at === text.length - 1) throw usageFailure(`limit "${text}": ${example}`)
  return { id: text.slice(0, at), max: text.slice(at + 1) }
}

/**
 * Applies settings to limits: changes only the max of existing limits, and adds missing ones.
 * @throws Failure if an id is neither an existing limit nor a measure or is given twice, or a max is not valid
 */
export function mergeLimits(
  limits: readonly LimitInput[],
  settings: readonly LimitSetting[],
  details: Pick<LimitInput, 'mode' | 'per'>,
): readonly LimitInput[] {
  const merged = [...limits]
  for (const [index, { id, max }] of settings.entries()) {
    if (settings.findIndex(other => other.id === id) < index)
      throw usageFailure(`limit "${id}" is given twice: write it once`)
    const at = merged.findIndex(limit => limit.id === id || isNamedApart(limit, id))
    const before = merged[at] ?? newLimit(id)
    const after = { ...before, ...details, max: parseMax(before.metric, max, id) }
    if (at < 0) merged.push(after)
    else merged[at] = after
  }
  return merged
}

/** `tokens/rolling-60s@llama-*`, `concurrency`, `requests/day per user`. */
function newLimit(id: string): LimitInput {
  const { measure, per } = splitPer(id)
  const match = /^(?<metric>\w+)(?:\/(?<window>[\w-]+))?(?:@(?<model>.+))?$/.exec(measure)
  const metric = metrics.find(name => name === match?.groups?.['metric'])
  const window = match?.groups?.['window'] ?? null
  if (metric === undefined || (window === null) !== (metric === 'concurrency'))
    throw usageFailure(
      `limit "${id}": no limit has this id, and a new one must start with one of ${metrics.join(', ')}; ${example}`,
    )
  return {
    id,
    metric,
    // The API validates the window.
    window: window as Exclude<LimitInput['window'], undefined>,
    max: null,
    model: match?.groups?.['model'] ?? null,
    per,
  }
}

/** Whether `requests/day per user` names this limit, whose id is `requests/day`. */
function isNamedApart(limit: LimitInput, text: string): boolean {
  const { measure, per } = splitPer(text)
  return per !== null && limit.per === per && limit.id === measure
}

function splitPer(text: string): { readonly measure: string; readonly per: 'model' | 'user' | null } {
  const match = /^(?<measure>.+) per (?<per>model|user)$/.exec(text)
  const { measure = text, per } = match?.groups ?? {}
  return { measure, per: per === 'model' || per === 'user' ? per : null }
}

function parseMax(metric: LimitInput['metric'], text: string, id: string): number | null {
  if (text === 'none') return null
  // As in `14_400`.
  const plain = text.replaceAll(/(?<=\d)_(?=\d)/g, '')
  const max = metric === 'cost' ? microDollars(plain) : /^\d+$/.test(plain) ? Number(plain) : null
  if (max === null || !Number.isSafeInteger(max)) {
    const kind = metric === 'cost' ? 'dollars such as $20' : 'a whole number from 0'
    throw usageFailure(`limit "${id}": max must be ${kind}, or none to count without limiting, not "${text}"`)
  }
  return max
}
