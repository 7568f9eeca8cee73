/** What a limit measures. `tokens` is input + output, `cost` is in millionths of a US dollar. */
export type Metric = 'requests' | 'characters' | 'tokens' | 'inputTokens' | 'outputTokens' | 'cost'

/** Every metric, in display order. */
export const metrics: readonly Metric[] = [
  'requests',
  'characters',
  'tokens',
  'inputTokens',
  'outputTokens',
  'cost',
]
