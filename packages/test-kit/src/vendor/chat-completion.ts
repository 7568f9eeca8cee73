import type { Reaction, ReportedUsage, VendorCall } from './reaction.js'

/** A completion to be sent whole or in chunks. */
export interface Completion {
  readonly id: string
  readonly model: string
  readonly createdSeconds: number
  readonly text: string
  readonly finishReason: 'stop' | 'length'
  /** Null if not reported. */
  readonly usage: ReportedUsage | null
}

const charactersPerToken = 4

/** Writes the completion of a call: the reaction's text, truncated at the call's `max_tokens`. */
export function writeCompletion(
  call: VendorCall,
  reaction: Extract<Reaction, { readonly kind: 'complete' }>,
): Completion {
  const wanted = reaction.text ?? 'The stand-in answers.'
  const text = firstOf(wanted, maxTokensOf(call) * charactersPerToken)
  return {
    id: `chatcmpl-${call.index}`,
    model: call.model ?? '',
    createdSeconds: Math.floor(call.startedAtMs / 1_000),
    text,
    finishReason: text === wanted ? 'stop' : 'length',
    usage: reaction.usage === undefined ? estimatedUsage(call, text) : reaction.usage,
  }
}

/** The body of an answer that isn't streamed. */
export function completionBody(completion: Completion): unknown {
  return {
    id: completion.id,
    object: 'chat.completion',
    created: completion.createdSeconds,
    model: completion.model,
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: completion.text },
        logprobs: null,
        finish_reason: completion.finishReason,
      },
    ],
    ...(completion.usage === null ? {} : { usage: completion.usage }),
  }
}

/** The body of an answer to `POST /v1/embeddings`: one short vector for each input. */
export function embeddingsBody(call: VendorCall): unknown {
  const input = call.body['input']
  const inputs: readonly unknown[] = Array.isArray(input) ? input : [input]
  const tokens = inputs.reduce<number>((sum, one) => sum + tokensIn(one), 0)
  return {
    object: 'list',
    data: inputs.map((_, index) => ({ object: 'embedding', index, embedding: [0.25, -0.5, 1] })),
    model: call.model,
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  }
}

function estimatedUsage(call: VendorCall, text: string): ReportedUsage {
  const messages = call.body['messages']
  const prompt = Array.isArray(messages) ? messages.reduce<number>((sum, one) => sum + tokensIn(one), 0) : 0
  const completion = tokensIn(text)
  return { prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion }
}

function tokensIn(value: unknown): number {
  const content = typeof value === 'object' && value !== null && 'content' in value ? value.content : value
  const text = typeof content === 'string' ? content : JSON.stringify(content ?? '')
  return Math.ceil(lengthOf(text) / charactersPerToken)
}

// Texts have up to 30 MB: no list of their characters is made.
function lengthOf(text: string): number {
  let length = 0
  for (let at = 0; at < text.length; at += isWide(text, at) ? 2 : 1) length++
  return length
}

function firstOf(text: string, maxCharacters: number): string {
  // It has no more characters than units.
  if (text.length <= maxCharacters) return text
  let at = 0
  for (let length = 0; length < maxCharacters && at < text.length; length++) at += isWide(text, at) ? 2 : 1
  return text.slice(0, at)
}

/** Whether two units are one character. */
function isWide(text: string, at: number): boolean {
  return (text.codePointAt(at) ?? 0) > 0xffff
}

function maxTokensOf(call: VendorCall): number {
  const max = call.body['max_completion_tokens'] ?? call.body['max_tokens']
  return typeof max === 'number' ? max : Number.POSITIVE_INFINITY
}
