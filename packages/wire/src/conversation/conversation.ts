import type { Carried } from '../answer/carried.js'
import type { JsonObject } from '../json/json-value.js'

/** A dialect-independent request: produced by a reader, consumed by any writer. */
export interface Conversation {
  readonly model: string | null
  readonly items: readonly Item[]
  readonly tools: readonly Tool[]
  /** Null if not set. */
  readonly toolChoice: ToolChoice | null
  readonly settings: Settings
}

/** Messages, reasoning, calls and results, in order. */
export type Item = Message | Reasoning | Call | Result

export interface Message {
  readonly type: 'message'
  readonly role: 'system' | 'developer' | 'user' | 'assistant'
  readonly parts: readonly Part[]
  /** The participant's name, in dialects with participants. */
  readonly name?: string
}

/** Reasoning of a model: a text for people, and what its vendor needs in the next round. */
export interface Reasoning {
  readonly type: 'reasoning'
  /** Id in dialects with ids of items; null otherwise. */
  readonly id: string | null
  readonly text: string
  /** The vendor's opaque token; null for none. */
  readonly token: ReasoningToken | null
  /** Carried fields of a vendor of chat completions. */
  readonly carried: Carried | null
}

export interface ReasoningToken {
  /** The dialect of the token, the only one in which it can be returned. */
  readonly dialect: 'responses' | 'messages'
  readonly value: string
  /** Whether it is a token without text (Messages: `redacted_thinking`). */
  readonly isRedacted: boolean
}

/** A tool call by the model. */
export interface Call {
  readonly type: 'call'
  /** Id that its result refers to. */
  readonly id: string
  readonly tool: ToolName
  /** JSON text; for a custom tool, its text. */
  readonly arguments: string
  /** Fields that a vendor of chat completions added to the call. */
  readonly extra: JsonObject
}

/** The result of a call. */
export interface Result {
  readonly type: 'result'
  readonly callId: string
  readonly isCustom: boolean
  readonly parts: readonly Part[]
  readonly isError: boolean
}

/** A tool's name in its dialect. */
export interface ToolName {
  readonly name: string
  /** Namespace in Responses; null elsewhere. */
  readonly namespace: string | null
  /** Whether it takes free text instead of JSON. */
  readonly isCustom: boolean
}

export interface Tool extends ToolName {
  readonly description: string | null
  /** The unchanged JSON schema; null for none. */
  readonly schema: JsonObject | null
  readonly isStrict: boolean | null
  /** For a custom tool: the unchanged format of its text. */
  readonly format: JsonObject | null
  readonly cacheControl: unknown
}

export type ToolChoice =
  | { readonly type: 'auto' | 'none' | 'required' }
  | { readonly type: 'tool'; readonly tool: ToolName }

export type Part =
  | { readonly type: 'text'; readonly text: string; readonly cacheControl?: unknown }
  | { readonly type: 'refusal'; readonly text: string }
  | ImagePart
  | FilePart
  | { readonly type: 'audio'; readonly base64: string; readonly format: string }

export interface ImagePart {
  readonly type: 'image'
  /** An address, or a `data:` URL. */
  readonly url: string
  readonly detail: string | null
  readonly cacheControl?: unknown
}

/** A file: its content (`data:` URL) or its address. */
export interface FilePart {
  readonly type: 'file'
  readonly url: string
  readonly name: string | null
  readonly cacheControl?: unknown
}

/** Settings of a request; null if not set. */
export interface Settings {
  readonly maxOutputTokens: number | null
  readonly temperature: number | null
  readonly topP: number | null
  readonly stop: readonly string[] | null
  readonly seed: unknown
  readonly frequencyPenalty: unknown
  readonly presencePenalty: unknown
  readonly logitBias: unknown
  readonly logprobs: boolean | null
  readonly topLogprobs: number | null
  readonly metadata: unknown
  readonly user: string | null
  readonly serviceTier: string | null
  readonly isParallel: boolean | null
  /** `none`, `minimal`, `low`, `medium`, `high`, `xhigh` or a vendor's own value. */
  readonly effort: string | null
  readonly wantsThoughts: boolean | null
  readonly verbosity: unknown
  readonly format: ResponseFormat | null
  readonly isStream: boolean
  readonly wantsUsage: boolean
  readonly promptCacheKey: string | null
  readonly promptCacheRetention: string | null
  readonly safetyIdentifier: string | null
}

export type ResponseFormat =
  | { readonly type: 'text' | 'json_object' }
  | {
      readonly type: 'json_schema'
      readonly name: string | null
      readonly description: string | null
      readonly schema: JsonObject
      readonly isStrict: boolean | null
    }

/** No settings. */
export const noSettings: Settings = {
  maxOutputTokens: null,
  temperature: null,
  topP: null,
  stop: null,
  seed: null,
  frequencyPenalty: null,
  presencePenalty: null,
  logitBias: null,
  logprobs: null,
  topLogprobs: null,
  metadata: null,
  user: null,
  serviceTier: null,
  isParallel: null,
  effort: null,
  wantsThoughts: null,
  verbosity: null,
  format: null,
  isStream: false,
  wantsUsage: false,
  promptCacheKey: null,
  promptCacheRetention: null,
  safetyIdentifier: null,
}

/** The joined texts of parts; empty if none has text. */
export function textOfParts(parts: readonly Part[]): string {
  return parts.flatMap(part => (part.type === 'text' ? [part.text] : [])).join('\n')
}
