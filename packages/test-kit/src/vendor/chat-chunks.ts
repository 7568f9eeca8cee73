import type { Completion } from './chat-completion.js'

/** One event of a streamed completion. */
export interface ChatChunk {
  /** What stands after `data: `. */
  readonly data: string
  readonly hasText: boolean
}

/**
 * A completion as OpenAI streams it: the role, the text word by word, the reason of the end, with
 * `stream_options.include_usage` a chunk without choices that carries the usage (the others `null`), `[DONE]`.
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
