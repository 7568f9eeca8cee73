import { fieldOf, isObject } from '../../json-value.js'
import type { StreamEvent, StreamRewriter } from '../stream-dialect.js'
import { emptyResponse, responsesStream } from './responses-stream.js'

/** Passes a stream of Responses on as it comes, and ends it by the vendor's own numbers and names where it fails. */
export class PassedResponses implements StreamRewriter {
  readonly keepsAnswer = false
  readonly dialect = responsesStream
  #response: Readonly<Record<string, unknown>> = emptyResponse
  #sequence = -1

  take({ parsed }: StreamEvent): null {
    const sequence = fieldOf(parsed, 'sequence_number')
    if (typeof sequence === 'number') this.#sequence = sequence
    const response = fieldOf(parsed, 'response')
    if (isObject(response)) this.#response = response
    return null
  }

  end(): readonly unknown[] {
    return []
  }

  /** Codex for one takes no notice of an event `error`. */
  fail(message: string): readonly unknown[] {
    const error = { code: 'server_error', message }
    return [
      {
        type: 'response.failed',
        sequence_number: this.#sequence + 1,
        response: { ...this.#response, status: 'failed', error },
      },
    ]
  }
}
