import type { AnswerContext } from '../translation/answer-context.js'

/** What writers of answers need to know. */
export interface WriteOptions {
  /** The answer's id, in the form of its dialect: `chatcmpl-…`, `resp_…`, `msg_…`. Ids of its parts are made of it. */
  readonly id: string
  /** Epoch seconds, unless the vendor says another instant. */
  readonly createdSeconds: number
  readonly context: AnswerContext
}

/** The part of an id behind its kind: `abc` of `resp_abc` and of `chatcmpl-abc`. */
export function idBaseOf(id: string): string {
  return id.replace(/^[a-z]+[_-]/, '').replaceAll(/[^a-zA-Z0-9_-]/g, '_') || 'answer'
}
