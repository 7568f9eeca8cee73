import type { ToolNames } from '../conversation/tool-names.js'
import type { JsonObject } from '../json/json-value.js'

/** The parts of a request that its answer depends on. Created by `translateRequest`; opaque to callers. */
export interface AnswerContext {
  /** The model named by the client; used if the vendor's answer names none. */
  readonly model: string
  /** Tools by the name sent to the vendor. */
  readonly toolNames: ToolNames
  /** The client's request; answers of Responses repeat its settings. */
  readonly request: JsonObject
  /** Whether reasoning is shown: if it was requested, or must be returned in the next round. */
  readonly showsThinking: boolean
  /** Whether a stream of chat completions ends with usage. */
  readonly wantsUsage: boolean
}
