import type { ReasoningToken, ToolName } from '../conversation/conversation.js'
import type { JsonObject } from '../json/json-value.js'
import type { Carried } from './carried.js'
import type { FinishReason } from './finish-reason.js'
import type { Usage } from './usage.js'
import type { WireError } from './wire-error.js'

/**
 * A dialect-independent part of an answer. Deltas of one block are contiguous: text, reasoning, a refusal or a call
 * ends where the next block begins.
 */
export type AnswerDelta =
  | AnswerHead
  | { readonly type: 'text'; readonly text: string; readonly logprobs: readonly unknown[] }
  | { readonly type: 'refusal'; readonly text: string }
  | { readonly type: 'annotation'; readonly annotation: JsonObject }
  /** `isNew` begins another block of reasoning, even if one is open. */
  | { readonly type: 'reasoning'; readonly text: string; readonly isNew: boolean }
  /** Ends the open block of reasoning, or is a block by itself. */
  | { readonly type: 'token'; readonly token: ReasoningToken; readonly id: string | null }
  /** Belongs to the open block of reasoning, or is a block by itself. */
  | { readonly type: 'carried'; readonly carried: Carried }
  | CallStart
  /** More of the last call's arguments. */
  | { readonly type: 'arguments'; readonly text: string }
  | { readonly type: 'usage'; readonly usage: Usage }
  | { readonly type: 'finish'; readonly reason: FinishReason; readonly stopSequence: string | null }
  /** The answer has failed; later deltas are ignored. */
  | { readonly type: 'error'; readonly error: WireError }

/** Metadata of an answer. May arrive in parts; omitted fields keep their values. */
export interface AnswerHead {
  readonly type: 'head'
  readonly model?: string
  readonly createdSeconds?: number
  readonly serviceTier?: string
}

export interface CallStart {
  readonly type: 'call'
  /** Empty if the vendor gives none. */
  readonly id: string
  /** Named as by the vendor: the flat name in dialects without namespaces. */
  readonly tool: ToolName
  readonly extra: JsonObject
}

/** Reads answers of one dialect. */
export interface AnswerReader {
  /** Reads one event of a stream, as parsed JSON of any shape. Never throws. */
  push(event: unknown): readonly AnswerDelta[]
  /** A whole answer. */
  pushWhole(body: unknown): readonly AnswerDelta[]
  /** Ends the stream. `isDone`: whether its end mark was seen, so that a missing reason does not mean truncation. */
  end(isDone: boolean): readonly AnswerDelta[]
}

/** Writes answers of one dialect. */
export interface AnswerWriter<Event, Answer> {
  push(delta: AnswerDelta): readonly Event[]
  /** Closes the open block and writes the end. */
  end(): readonly Event[]
  /** The whole answer, after `end`. */
  readonly answer: Answer
}
