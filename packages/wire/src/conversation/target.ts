/** The vendor that a request is written for. Defaults follow OpenAI's and Anthropic's references. */
export interface Target {
  /** Its name in the configuration; it gets only its own carried fields. */
  readonly vendor: string
  /** The vendor's name of the model; the request's unless given. */
  readonly model?: string
  /** Whether it accepts an optional field of its dialect (`metadata`, `reasoning_effort`, …). Default: any. */
  readonly acceptsField?: (field: string) => boolean
  /** The field for the maximum of output tokens in chat completions. Default: `max_tokens`. */
  readonly maxTokensField?: 'max_tokens' | 'max_completion_tokens'
  /** The maximum if a request has none and the dialect requires one (Messages). Default: 32,000. */
  readonly defaultMaxTokens?: number
}

/** The fields that a target accepts; others are recorded as left out. */
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
