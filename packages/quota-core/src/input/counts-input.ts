import { z } from 'zod'
import type { Counts } from '../domain/counts.js'

/** Counts as input: `requestCount` is 1 unless given, the others 0. */
export interface CountsInput {
  readonly requestCount?: number | undefined
  readonly characterCount?: number | undefined
  readonly inputTokenCount?: number | undefined
  readonly outputTokenCount?: number | undefined
  readonly cachedInputTokenCount?: number | undefined
  readonly costMicroUsd?: number | undefined
}

const countSchema = z
  .number({ error: 'must be a whole number from 0 to 9007199254740991' })
  .int({ error: 'must be a whole number from 0 to 9007199254740991' })
  .min(0, { error: 'must not be negative' })
  .max(Number.MAX_SAFE_INTEGER, { error: 'must be at most 9007199254740991' })
  // Turns a negative zero into 0, for JSON, hashes and comparisons.
  .overwrite(count => count + 0)

/** The fields of counts, to be part of larger inputs. Use with {@link refuseInconsistentCounts}. */
export const countFields: Readonly<Record<keyof Counts, z.ZodDefault<z.ZodNumber>>> = {
  requestCount: countSchema.default(1),
  characterCount: countSchema.default(0),
  inputTokenCount: countSchema.default(0),
  outputTokenCount: countSchema.default(0),
  cachedInputTokenCount: countSchema.default(0),
  costMicroUsd: countSchema.default(0),
}

/** Adds an issue if counts contradict each other or cannot be added exactly. */
export function refuseInconsistentCounts(counts: Counts, ctx: z.RefinementCtx): void {
  refuseExcessCached(counts, ctx)
  if (counts.inputTokenCount + counts.outputTokenCount > Number.MAX_SAFE_INTEGER) {
    ctx.addIssue({
      code: 'custom',
      path: ['outputTokenCount'],
      message: 'together with inputTokenCount must be at most 9007199254740991',
    })
  }
}

/**
 * Like {@link refuseInconsistentCounts} for calls that have happened, which are counted at any size: an absurdly large
 * call is capped.
 */
export function refuseExcessCached(counts: Counts, ctx: z.RefinementCtx): void {
  if (counts.cachedInputTokenCount > counts.inputTokenCount) {
    ctx.addIssue({
      code: 'custom',
      path: ['cachedInputTokenCount'],
      message: 'must not be more than inputTokenCount, which includes it',
    })
  }
}

/** Counts on their own. */
export const countsSchema: z.ZodType<Counts, CountsInput> = z
  .strictObject(countFields)
  .superRefine(refuseInconsistentCounts)

/** Takes the counts out of a larger input. */
export function pickCounts(input: Counts): Counts {
  return {
    requestCount: input.requestCount,
    characterCount: input.characterCount,
    inputTokenCount: input.inputTokenCount,
    outputTokenCount: input.outputTokenCount,
    cachedInputTokenCount: input.cachedInputTokenCount,
    costMicroUsd: input.costMicroUsd,
  }
}
