import type { ReasoningToken, ToolName } from '../conversation/conversation.js'
import type { JsonObject } from '../json/json-value.js'
import type { Carried } from './carried.js'
import type { FinishReason } from './finish-reason.js'
import type { Usage } from './usage.js'
import type { WireError } from './wire-error.js'

/**
 * A piece of an answer in terms that no dialect owns. Pieces of one block follow each other: text, reasoning, a refusal
 * or a call ends where another begins.
 */
export type AnswerDelta =
  | AnswerHead
  | { readonly type: 'text'; readonly text: string; readonly logprobs: readonly unknown[] }
  | { readonly type: 'refusal'; readonly text: string }
  | { readonly type: 'annotation'; readonly annotation: JsonObject }
  /** With `isNew` it begins another block of reasoning, though one may be open. */
  | { readonly type: 'reasoning'; readonly text: string; readonly isNew: boolean }
  /** Ends a block of reasoning, or is one by itself. */
  | { readonly type: 'token'; readonly token: ReasoningToken; readonly id: string | null }
  /** Belongs to the open block of reasoning, or is one by itself. */
  | { readonly type: 'carried'; readonly carried: Carried }
  | CallStart
  /** More of the last call's arguments. */
  | { readonly type: 'arguments'; readonly text: string }
  | { readonly type: 'usage'; readonly usage: Usage }
  | { readonly type: 'finish'; readonly reason: FinishReason; readonly stopSequence: string | null }
  /** The answer has failed. Nothing after it counts. */
  | { readonly type: 'error'; readonly error: WireError }

/** What an answer says of itself. It may come in pieces; what is left out stays as it was. */
export interface AnswerHead {
  readonly type: 'head'
  readonly model?: string
  readonly createdSeconds?: number
  readonly serviceTier?: string
}

export interface CallStart {
  readonly type: 'call'
  /** Empty where the vendor gives none. */
  readonly id: string
  /** As the vendor names it: the flat name in dialects without namespaces. */
  readonly tool: ToolName
  readonly extra: JsonObject
}

/** Understands the answers of one dialect. */
export interface AnswerReader {
  /** One event of a stream, as parsed JSON. Anything may come; nothing is thrown. */
  push(event: unknown): readonly AnswerDelta[]
  /** A whole answer. */
  pushWhole(body: unknown): readonly AnswerDelta[]
  /** The stream has ended; `isDone` where its end mark was seen, so that a missing reason is no cut. */
  end(isDone: boolean): readonly AnswerDelta[]
}

/** Writes answers of one dialect. */
export interface AnswerWriter<Event, Answer> {
  push(delta: AnswerDelta): readonly Event[]
  /** Closes what is open and says how it ended. */
  end(): readonly Event[]
  /** The whole answer, once it has ended. */
  readonly answer: Answer
}
