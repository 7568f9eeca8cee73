/** Why an answer ended. `pause`: the vendor continues in another request. */
export type FinishReason = 'stop' | 'length' | 'calls' | 'filter' | 'pause'

/** Reads a `finish_reason` of chat completions; null if absent. */
export function finishReasonOf(reason: unknown): FinishReason | null {
  if (typeof reason !== 'string' || reason === '') return null
  return reasons.get(reason.toLowerCase()) ?? 'stop'
}

const reasons: ReadonlyMap<string, FinishReason> = new Map([
  ['stop', 'stop'],
  ['length', 'length'],
  ['max_tokens', 'length'],
  ['max_output_tokens', 'length'],
  ['model_length', 'length'],
  ['model_context_window_exceeded', 'length'],
  ['tool_calls', 'calls'],
  ['function_call', 'calls'],
  ['tool_use', 'calls'],
  ['content_filter', 'filter'],
  ['refusal', 'filter'],
  ['safety', 'filter'],
  ['recitation', 'filter'],
  ['prohibited_content', 'filter'],
  ['blocklist', 'filter'],
  ['pause_turn', 'pause'],
])
