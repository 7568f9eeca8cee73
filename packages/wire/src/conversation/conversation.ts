import type { Carried } from '../answer/carried.js'
import type { JsonObject } from '../json/json-value.js'

/** A request in terms that no dialect owns: what its reader has understood, for any writer. */
export interface Conversation {
  readonly model: string | null
  readonly items: readonly Item[]
  readonly tools: readonly Tool[]
  /** Null where the request leaves it to the vendor. */
  readonly toolChoice: ToolChoice | null
  readonly settings: Settings
}

/** What was said, thought, called and answered, in its order. */
export type Item = Message | Reasoning | Call | Result

export interface Message {
  readonly type: 'message'
  readonly role: 'system' | 'developer' | 'user' | 'assistant'
  readonly parts: readonly Part[]
  /** Who speaks, in dialects that tell participants apart. */
  readonly name?: string
}

/** What a model has thought: a text for people, and what its vendor needs to find again in the next round. */
export interface Reasoning {
  readonly type: 'reasoning'
  /** Of a dialect that names its items; null otherwise. */
  readonly id: string | null
  readonly text: string
  /** The vendor's own, opaque token; null without one. */
  readonly token: ReasoningToken | null
  /** Fields of a vendor that speaks chat completions. */
  readonly carried: Carried | null
}

export interface ReasoningToken {
  /** The dialect that it belongs to, since only there it can be given back. */
  readonly dialect: 'responses' | 'messages'
  readonly value: string
  /** Whether there was no text to it, but the token alone (Messages: `redacted_thinking`). */
  readonly isRedacted: boolean
}

/** A tool that the model has called. */
export interface Call {
  readonly type: 'call'
  /** By which its result names it. */
  readonly id: string
  readonly tool: ToolName
  /** JSON text; for a custom tool the text itself. */
  readonly arguments: string
  /** Fields that a vendor of chat completions added to the call. */
  readonly extra: JsonObject
}

/** What came of a call. */
export interface Result {
  readonly type: 'result'
  readonly callId: string
  readonly isCustom: boolean
  readonly parts: readonly Part[]
  readonly isError: boolean
}

/** A tool's name as its dialect has it. */
export interface ToolName {
  readonly name: string
  /** Responses groups tools; null elsewhere. */
  readonly namespace: string | null
  /** Whether it takes free text instead of JSON. */
  readonly isCustom: boolean
}

export interface Tool extends ToolName {
  readonly description: string | null
  /** A JSON schema as it came; null without one. */
  readonly schema: JsonObject | null
  readonly isStrict: boolean | null
  /** Of a custom tool: the format of its text, as it came. */
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

/** A file by its content (`data:` URL) or by its address. */
export interface FilePart {
  readonly type: 'file'
  readonly url: string
  readonly name: string | null
  readonly cacheControl?: unknown
}

/** What a request sets beside its conversation; null: it does not. */
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
  /** `none`, `minimal`, `low`, `medium`, `high`, `xhigh` or what a vendor calls it. */
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

/** Settings of a request that sets none. */
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

/** The texts of parts, joined; empty where none has text. */
export function textOfParts(parts: readonly Part[]): string {
  return parts.flatMap(part => (part.type === 'text' ? [part.text] : [])).join('\n')
}
