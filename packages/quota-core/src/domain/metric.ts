/** Every metric, in display order. */
export const metrics = [
  'requests',
  'characters',
  'tokens',
  'inputTokens',
  'outputTokens',
  'cost',
  'audioSeconds',
] as const

/** What a limit measures. `tokens` is input + output, `cost` is in millionths of a US dollar. */
export type Metric = (typeof metrics)[number]
