import type { Amounts } from './amounts.js'

/** The counts of usage. */
export const countNames = [
  'requestCount',
  'characterCount',
  'inputTokenCount',
  'outputTokenCount',
  'costMicroUsd',
  'audioSecondCount',
] as const

export type CountName = (typeof countNames)[number]
export type UsageCounts = Readonly<Record<CountName, number>>

export const noUsage: UsageCounts = {
  requestCount: 0,
  characterCount: 0,
  inputTokenCount: 0,
  outputTokenCount: 0,
  costMicroUsd: 0,
  audioSecondCount: 0,
}

/** The counts to show of some usage: audio only if some was used. */
export function shownCounts(usage: readonly UsageCounts[]): readonly CountName[] {
  const hasAudio = usage.some(({ audioSecondCount }) => audioSecondCount > 0)
  return countNames.filter(name => name !== 'audioSecondCount' || hasAudio)
}

/** `14,400`, or dollars. */
export function countText({ amount, dollars }: Amounts, name: CountName, value: number): string {
  return name === 'costMicroUsd' ? dollars(value) : amount(value)
}

/** Short form. */
export function shortCount({ compact }: Amounts, name: CountName, value: number): string {
  return name === 'costMicroUsd' ? `$${compact(value / 1_000_000)}` : compact(value)
}

/** Every day from the first to the last, both included, as `YYYY-MM-DD`. */
export function daysBetween(from: string, to: string): readonly string[] {
  const days: string[] = []
  const lastMs = Date.parse(to)
  for (let atMs = Date.parse(from); atMs <= lastMs; atMs += 86_400_000) {
    days.push(new Date(atMs).toISOString().slice(0, 10))
  }
  return days
}
