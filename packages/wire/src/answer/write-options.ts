import type { AnswerContext } from '../translation/answer-context.js'

/** Options of answer writers. */
export interface WriteOptions {
  /** The answer's id, in the form of its dialect: `chatcmpl-…`, `resp_…`, `msg_…`. Ids of its parts derive from it. */
  readonly id: string
  /** Epoch seconds; the vendor's own instant takes precedence. */
  readonly createdSeconds: number
  readonly context: AnswerContext
}

/** The part of an id after its prefix: `abc` of `resp_abc` and `chatcmpl-abc`. */
export function idBaseOf(id: string): string {
  return id.replace(/^[a-z]+[_-]/, '').replaceAll(/[^a-zA-Z0-9_-]/g, '_') || 'answer'
}
