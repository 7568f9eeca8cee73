/** Every metric, in display order. */
export const metrics = [
  'requests',
  'characters',
  'tokens',
  'inputTokens',
  'outputTokens',
  'cost',
  'audioSeconds',
  'concurrency',
] as const

/**
 * What a limit measures. `tokens` is input + output, `cost` is in millionths of a US dollar. `concurrency` is calls in
 * flight: each holds 1 until it is settled or expires, and none is ever used.
 */
export type Metric = (typeof metrics)[number]
