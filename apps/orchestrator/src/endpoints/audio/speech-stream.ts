import { fieldOf, isObject } from '../../json-value.js'
import type { StreamDialect } from '../stream-dialect.js'
import { typedEvents } from '../typed-events.js'

/**
 * Streams of speech with `stream_format: "sse"`: audio chunks as base64, and usage at the end. The events are those of
 * `CreateSpeechResponseStreamEvent` in OpenAI's OpenAPI document; OpenAI's library has no types of them (2026-11-29).
 */
export const speechStream: StreamDialect = typedEvents({
  contentTypes: ['speech.audio.delta'],
  endTypes: ['speech.audio.done'],
  assemble: events => ({
    audio: Buffer.concat(events.map(soundOf)).toString('base64'),
    usage: events.map(event => fieldOf(event, 'usage')).findLast(isObject),
  }),
  split: answer => [
    { type: 'speech.audio.delta', audio: fieldOf(answer, 'audio') },
    {
      type: 'speech.audio.done',
      usage: fieldOf(answer, 'usage') ?? { input_tokens: 0, output_tokens: 0, total_tokens: 0 },
    },
  ],
})

function soundOf(event: unknown): Buffer {
  const audio = fieldOf(event, 'audio')
  return typeof audio === 'string' ? Buffer.from(audio, 'base64') : Buffer.alloc(0)
}
