import type { ToolNames } from '../conversation/tool-names.js'
import type { JsonObject } from '../json/json-value.js'

/** What of a request its answer depends on. Made by `translateRequest`; opaque to everybody else. */
export interface AnswerContext {
  /** The model that the client named; answers say what the vendor names, if it does. */
  readonly model: string
  /** The tools by the names under which they went to the vendor. */
  readonly toolNames: ToolNames
  /** The client's request, of which answers of Responses repeat settings. */
  readonly request: JsonObject
  /** Whether thinking is shown: where it was asked for, or must come back in the next round. */
  readonly showsThinking: boolean
  /** Whether a stream of chat completions ends with usage. */
  readonly wantsUsage: boolean
}
