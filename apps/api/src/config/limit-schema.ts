import { type Limit, type LimitInput, limitSchema, limitsSchema, metrics } from '@quotakeeper/quota-core'
import { z } from 'zod'
import { dollarsPattern, microUsdOf } from './dollars.js'

const amountError = 'must be a whole number, a price such as $20 for cost, or null to count without limiting'
const reported = { error: amountError }
const amountSchema = z.union(
  [
    z.number(reported).int(reported).min(0, reported).max(Number.MAX_SAFE_INTEGER, reported),
    z.string(reported).regex(dollarsPattern, reported),
    z.null(),
  ],
  reported,
)
type Amount = z.output<typeof amountSchema>

const inWindow = metrics.filter(metric => metric !== 'concurrency')

/** `requests/day`, `tokens/rolling-60s@llama-*`, `concurrency`. */
const limitKey = new RegExp(`^(?:(${inWindow.join('|')})/([a-z0-9-]+)|(concurrency))(?:@(.+))?$`)

const byKey = z.record(
  z.string().regex(limitKey, {
    error: `must be METRIC/WINDOW, such as requests/day, or concurrency; metrics are ${inWindow.join(', ')}`,
  }),
  amountSchema,
)

const asList = z
  .array(
    z.strictObject({
      id: z.string().optional().describe('Its name, unique within the list; default: METRIC/WINDOW@MODEL'),
      metric: z.enum(metrics).describe('What is counted'),
      window: z
        .string()
        .nullish()
        .describe(
          'minute, hour, day, week, month, total (never resets), or rolling-N with s, m, h or d up to 31 days; none for concurrency; default: none',
        ),
      max: amountSchema.describe(
        'Units in each window, dollars for cost; 0 allows nothing, null counts without limiting',
      ),
      model: z.string().nullish().describe('Glob of the models that it limits; default: all'),
      per: z
        .enum(['model', 'user'])
        .nullish()
        .describe(
          'Counted separately for each model, or for each end user (of consumers and plans); default: together',
        ),
      mode: z
        .enum(['enforce', 'shadow'])
        .optional()
        .describe('enforce refuses calls, shadow only reports what it would refuse; default: enforce'),
      countsCached: z.boolean().optional().describe('Whether cached input counts; default: true'),
    }),
  )
  .max(100)

/** Limits in a configuration: a map (`requests/day: 250`) or a list with all fields. */
export const limitsConfigSchema = z.union([byKey, asList]).transform((limits, ctx): readonly Limit[] => {
  const written = Array.isArray(limits)
    ? limits.map((limit, index) => ({ at: index, ...limit }))
    : Object.entries(limits).map(([key, max]) => ({ at: key, max, ...scopeOfKey(key) }))
  const parsed = written.flatMap(({ at, max, ...scope }) => parseLimit({ at, max, scope }, ctx))
  const whole = limitsSchema.safeParse(parsed.map(({ limit }) => limit))
  // Errors of single limits are reported above; this checks for duplicates.
  for (const { path, message } of whole.error?.issues ?? []) {
    const at = typeof path[0] === 'number' ? parsed[path[0]]?.at : undefined
    ctx.addIssue({ code: 'custom', path: at === undefined ? [] : [at], message })
  }
  return parsed.map(({ limit }) => limit)
})

/** The fields of a limit other than its maximum; `limitSchema` validates the window. */
type Scope = Omit<LimitInput, 'max' | 'window'> & { readonly window?: string | null | undefined }

function scopeOfKey(key: string): Scope {
  const [, measured, window = null, inFlight, model] = limitKey.exec(key) ?? []
  const known = metrics.find(name => name === (measured ?? inFlight))
  // The pattern accepts only these.
  if (known === undefined) throw new Error(`not a limit key: ${key}`)
  return { metric: known, window, ...(model === undefined ? {} : { model }) }
}

function parseLimit(
  written: { readonly at: string | number; readonly max: Amount; readonly scope: Scope },
  ctx: z.RefinementCtx,
): readonly { readonly at: string | number; readonly limit: Limit }[] {
  const { at, scope } = written
  const max = unitsOf(written.max, scope.metric)
  if (max === undefined) {
    const message =
      scope.metric === 'cost' ? 'must be written in dollars, such as $20' : 'must be a whole number, or null'
    ctx.addIssue({ code: 'custom', path: typeof at === 'number' ? [at, 'max'] : [at], message })
    return []
  }
  const result = limitSchema.safeParse({ ...scope, max })
  if (result.success) return [{ at, limit: result.data }]
  for (const { path, message } of result.error.issues) {
    const said = typeof at === 'string' && path[0] !== undefined ? `${path.join('.')} ${message}` : message
    ctx.addIssue({ code: 'custom', path: typeof at === 'number' ? [at, ...path] : [at], message: said })
  }
  return []
}

/** Undefined if the amount does not fit the metric. */
function unitsOf(amount: Amount, metric: Limit['metric']): number | null | undefined {
  if (amount === null) return null
  if (typeof amount === 'number') return metric === 'cost' && amount !== 0 ? undefined : amount
  return metric === 'cost' ? (microUsdOf(amount) ?? undefined) : undefined
}
