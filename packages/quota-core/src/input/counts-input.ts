import { z } from 'zod'
import { type CountName, type Counts, mapCounts } from '../domain/counts.js'

/** Counts as input: `requestCount` is 1 unless given, the others 0. */
export type CountsInput = { readonly [Name in CountName]?: number | undefined }

const countSchema = z
  .number({ error: 'must be a whole number from 0 to 9007199254740991' })
  .int({ error: 'must be a whole number from 0 to 9007199254740991' })
  .min(0, { error: 'must not be negative' })
  .max(Number.MAX_SAFE_INTEGER, { error: 'must be at most 9007199254740991' })
  // Turns a negative zero into 0, for JSON, hashes and comparisons.
  .overwrite(count => count + 0)

/** The fields of counts, to be part of larger inputs. Use with {@link refuseInconsistentCounts}. */
export const countFields: Readonly<Record<CountName, z.ZodDefault<z.ZodNumber>>> = mapCounts(name =>
  countSchema.default(name === 'requestCount' ? 1 : 0),
)

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
  return mapCounts(name => input[name])
}
