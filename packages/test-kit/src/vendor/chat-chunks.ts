import type { Completion } from './chat-completion.js'

/** One event of a streamed completion. */
export interface ChatChunk {
  /** The text after `data: `. */
  readonly data: string
  readonly hasText: boolean
}

/**
 * The stream of a completion as sent by OpenAI: the role, the text word by word, the finish reason, with
 * `stream_options.include_usage` a chunk without choices that has the usage (`null` in the others), `[DONE]`.
 */
export function chatChunks(completion: Completion, includeUsage: boolean): readonly ChatChunk[] {
  const chunk = (choices: readonly unknown[], usage: Completion['usage'] = null): string =>
    JSON.stringify({
      id: completion.id,
      object: 'chat.completion.chunk',
      created: completion.createdSeconds,
      model: completion.model,
      choices,
      ...(includeUsage ? { usage } : {}),
    })
  const choice = (delta: unknown, finishReason: string | null = null): readonly unknown[] => [
    { index: 0, delta, logprobs: null, finish_reason: finishReason },
  ]
  const words = completion.text.match(/\s*\S+\s*/g) ?? []
  return [
    { data: chunk(choice({ role: 'assistant', content: '' })), hasText: false },
    ...words.map(word => ({ data: chunk(choice({ content: word })), hasText: true })),
    { data: chunk(choice({}, completion.finishReason)), hasText: false },
    ...(includeUsage && completion.usage !== null
      ? [{ data: chunk([], completion.usage), hasText: false }]
      : []),
    { data: '[DONE]', hasText: false },
  ]
}
