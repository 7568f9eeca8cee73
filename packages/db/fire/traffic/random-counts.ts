import { type Counts, noCounts } from '@quotakeeper/quota-core'
import type { Random } from '../random.js'

/** What one call may ask for. */
export function randomCounts(random: Random): Counts {
  return {
    requestCount: 1,
    characterCount: random.between(10, 200),
    inputTokenCount: random.between(5, 300),
    outputTokenCount: random.between(5, 300),
    cachedInputTokenCount: random.between(0, 5),
    costMicroUsd: random.between(0, 900),
    audioSecondCount: random.between(0, 60),
  }
}

/** What it has used in the end: mostly less than reserved, sometimes more, sometimes only the request. */
export function spentOf(random: Random, reserved: Counts): Counts {
  if (random.chance(0.05)) return { ...noCounts, requestCount: 1 }
  const share = random.chance(0.1) ? 1 + random.next() : random.next()
  const of = (count: number): number => Math.round(count * share)
  const inputTokenCount = of(reserved.inputTokenCount)
  return {
    requestCount: reserved.requestCount,
    characterCount: of(reserved.characterCount),
    inputTokenCount,
    outputTokenCount: of(reserved.outputTokenCount),
    cachedInputTokenCount: Math.min(inputTokenCount, reserved.cachedInputTokenCount),
    costMicroUsd: of(reserved.costMicroUsd),
    audioSecondCount: of(reserved.audioSecondCount),
  }
}
