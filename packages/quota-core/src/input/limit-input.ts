import { z } from 'zod'
import { isTimeZone } from '../domain/calendar.js'
import { defaultLimitId, type Limit, type LimitMode } from '../domain/limit.js'
import { type Metric, metrics } from '../domain/metric.js'
import { isRolling, isWindow, type Window } from '../domain/window.js'
import { textSchema } from './text.js'

/** A limit as input. */
export interface LimitInput {
  /** `characters/day`, `requests/day@llama-*` unless given. Unique within the subject. */
  readonly id?: string | undefined
  readonly metric: Metric
  /**
   * `minute`, `hour`, `day`, `week`, `month`, `total` (never resets), or rolling: `rolling-60s`, `rolling-1d`. Required;
   * only `concurrency` has none: absent or null.
   */
  readonly window?: Window | null | undefined
  /** Units per window. Null counts without limiting; 0 allows nothing. Rolling limits need at least 1. */
  readonly max: number | null
  /** Glob of the models that it limits; every call unless given. */
  readonly model?: string | null | undefined
  /** `model` keeps one counter for each model, `user` one for each end user (only of consumers and plans). */
  readonly per?: 'model' | 'user' | null | undefined
  /** `enforce` unless given; `shadow` reports what it would refuse. */
  readonly mode?: LimitMode | undefined
  /** Whether cached input counts; true unless given. */
  readonly countsCached?: boolean | undefined
}

const windowError =
  'must be minute, hour, day, week, month, total, or rolling-N with s, m, h or d (rolling-60s, rolling-1d), at most 31 days'
// Zod infers `string` as the input of a refined text; the type here requires a `Window`.
const windowSchema = z.string().refine((text): text is Window => isWindow(text), {
  error: windowError,
}) as unknown as z.ZodType<Window, Window>

/** One limit, with its defaults applied. */
export const limitSchema: z.ZodType<Limit, LimitInput> = z
  .strictObject({
    id: textSchema.optional(),
    metric: z.enum(metrics),
    window: windowSchema.nullish().transform(window => window ?? null),
    max: z
      .number({ error: 'must be a whole number of at least 0, or null to count without limiting' })
      .int({ error: 'must be a whole number' })
      .min(0, { error: 'must not be negative; null counts without limiting' })
      .max(Number.MAX_SAFE_INTEGER, { error: 'must be at most 9007199254740991' })
      .overwrite(max => max + 0)
      .nullable(),
    model: textSchema.nullish(),
    per: z.enum(['model', 'user']).nullish(),
    mode: z.enum(['enforce', 'shadow']).default('enforce'),
    countsCached: z.boolean().default(true),
  })
  .superRefine((limit, ctx) => {
    const hasWindow = limit.window !== null
    if (hasWindow === (limit.metric === 'concurrency')) {
      const message = hasWindow ? 'must be absent: calls in flight have no window' : windowError
      ctx.addIssue({ code: 'custom', path: ['window'], message })
    }
    if (isRolling(limit.window) && (limit.max === null || limit.max < 1)) {
      const message = 'must be at least 1 for a rolling limit, which refills at max per window'
      ctx.addIssue({ code: 'custom', path: ['max'], message })
    }
  })
  .transform(({ id, model, per, ...limit }): Limit => {
    const scoped = { ...limit, model: model ?? (per === 'model' ? '*' : null), per: per ?? null }
    return { ...scoped, id: id ?? defaultLimitId(scoped) }
  })

/** The limits of one subject: at most 100, with unique ids. */
export const limitsSchema: z.ZodType<readonly Limit[], readonly LimitInput[]> = z
  .array(limitSchema)
  .max(100, { error: 'must be at most 100 limits' })
  .superRefine((limits, ctx) => {
    const seen = new Set<string>()
    for (const [index, limit] of limits.entries()) {
      if (seen.has(limit.id)) {
        const message = `the limit "${limit.id}" is given twice; give one of them another id`
        ctx.addIssue({ code: 'custom', path: [index, 'id'], message })
      }
      seen.add(limit.id)
    }
  })

/** The limits of a provider or pool, which do not know the end users of consumers. */
export const limitsOfKeysSchema: z.ZodType<readonly Limit[], readonly LimitInput[]> =
  limitsSchema.superRefine((limits, ctx) => {
    for (const [index, { per }] of limits.entries()) {
      if (per !== 'user') continue
      const message = 'must be model: only limits of consumers and plans count end users apart'
      ctx.addIssue({ code: 'custom', path: [index, 'per'], message })
    }
  })

/** The time zone of a subject's days. */
export const timeZoneSchema: z.ZodType<string, string> = z.string().refine(isTimeZone, {
  error: 'must be a time zone such as UTC, America/Los_Angeles or +09:00',
})

/** A local time of day, `HH:MM`. */
export const dayStartSchema: z.ZodType<string, string> = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, { error: 'must be a local time of day such as 00:00' })

const monthStartError = 'must be a day of the month, from 1 to 31'

/** The day of the month on which months begin; the last day in shorter months. */
export const monthStartSchema: z.ZodType<number, number> = z
  .number({ error: monthStartError })
  .int({ error: monthStartError })
  .min(1, { error: monthStartError })
  .max(31, { error: monthStartError })

/** Shares in percent at which alerts are raised: whole numbers from 1 to 1,000, at most 10. */
export const thresholdsSchema: z.ZodType<readonly number[], readonly number[]> = z
  .array(
    z
      .number({ error: 'must be a whole number of percent, from 1 to 1000' })
      .int({ error: 'must be a whole number of percent, from 1 to 1000' })
      .min(1, { error: 'must be at least 1 percent' })
      .max(1_000, { error: 'must be at most 1000 percent' }),
  )
  .max(10, { error: 'must be at most 10 thresholds' })
