/** The vendor that a request is written for. Absent fields: as OpenAI's and Anthropic's references have it. */
export interface Target {
  /** Its name in the configuration, by which it gets its own fields back. */
  readonly vendor: string
  /** As this vendor names it; the request's own where it is left out. */
  readonly model?: string
  /** Whether it takes an optional field of its dialect (`metadata`, `reasoning_effort`, …). Default: any. */
  readonly acceptsField?: (field: string) => boolean
  /** Where the maximum of output tokens goes in chat completions. Default: `max_tokens`. */
  readonly maxTokensField?: 'max_tokens' | 'max_completion_tokens'
  /** The maximum where a request has none and the dialect wants one (Messages). Default: 32,000. */
  readonly defaultMaxTokens?: number
}

/** Fields that a target takes; those that it does not are left out, by their names. */
export function acceptedBy(
  target: Target,
  fields: Readonly<Record<string, unknown>>,
  leaveOut: (field: string) => void,
): Record<string, unknown> {
  const kept = Object.entries(fields).filter(([field, value]) => {
    if (value === undefined || value === null) return false
    const isAccepted = target.acceptsField?.(field) ?? true
    if (!isAccepted) leaveOut(field)
    return isAccepted
  })
  return Object.fromEntries(kept)
}
