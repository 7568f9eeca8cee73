import type { Citation } from '../answer/citation.js'
import type { TokenLogprob } from '../answer/logprobs.js'
import type { JsonObject } from '../json/json-value.js'

/** A request for chat completions; the fields that are written here. */
export interface ChatRequest {
  model: string
  messages: ChatMessage[]
  tools?: ChatTool[]
  tool_choice?: 'auto' | 'none' | 'required' | { type: 'function'; function: { name: string } }
  response_format?: ChatResponseFormat
  stop?: string[]
  stream?: boolean
  stream_options?: { include_usage: boolean }
  max_tokens?: number
  max_completion_tokens?: number
  parallel_tool_calls?: boolean
  temperature?: number
  top_p?: number
  seed?: number
  frequency_penalty?: number
  presence_penalty?: number
  logprobs?: boolean
  top_logprobs?: number
}

export type ChatMessage =
  | { role: 'system' | 'developer'; content: string }
  | { role: 'user'; content: string | ChatPart[]; name?: string }
  | ChatAssistantMessage
  | { role: 'tool'; tool_call_id: string; content: string }

export interface ChatAssistantMessage {
  role: 'assistant'
  content: string | null
  refusal?: string
  tool_calls?: ChatCall[]
}

export interface ChatCall {
  id: string
  type: 'function'
  function: { name: string; arguments: string }
}

/** A call of a tool that takes free text. */
export interface ChatCustomCall {
  id: string
  type: 'custom'
  custom: { name: string; input: string }
}

export type ChatPart =
  | { type: 'text'; text: string }
  | { type: 'image_url'; image_url: { url: string; detail?: 'auto' | 'low' | 'high' } }
  | { type: 'input_audio'; input_audio: { data: string; format: 'wav' | 'mp3' } }
  | { type: 'file'; file: { file_data: string; filename: string } }

export interface ChatTool {
  type: 'function'
  function: { name: string; description?: string; parameters?: Record<string, unknown>; strict?: boolean }
}

export type ChatResponseFormat =
  | { type: 'text' }
  | { type: 'json_object' }
  | {
      type: 'json_schema'
      json_schema: { name: string; description?: string; schema: Record<string, unknown>; strict?: boolean }
    }

/** A whole answer. */
export interface ChatAnswer {
  id: string
  object: 'chat.completion'
  created: number
  model: string
  choices: ChatChoice[]
  usage?: ChatUsage
}

export interface ChatChoice {
  index: number
  message: ChatAnswerMessage
  logprobs: ChatLogprobs | null
  finish_reason: ChatFinishReason
}

export interface ChatAnswerMessage {
  role: 'assistant'
  content: string | null
  refusal: string | null
  tool_calls?: (ChatCall | ChatCustomCall)[]
  annotations?: { type: 'url_citation'; url_citation: Omit<Citation, 'type'> }[]
  /** Not OpenAI's field, but the convention of compatible vendors and clients. */
  reasoning_content?: string
  /** Reasoning tokens in OpenRouter's format. */
  reasoning_details?: JsonObject[]
}

export type ChatFinishReason = 'stop' | 'length' | 'tool_calls' | 'content_filter'

export interface ChatLogprobs {
  content: TokenLogprob[] | null
  refusal: null
}

export interface ChatUsage {
  prompt_tokens: number
  completion_tokens: number
  total_tokens: number
  prompt_tokens_details?: { cached_tokens: number }
  completion_tokens_details?: { reasoning_tokens: number }
}

/** One event of a stream. */
export interface ChatChunk {
  id: string
  object: 'chat.completion.chunk'
  created: number
  model: string
  choices: ChatChunkChoice[]
  usage?: ChatUsage | null
}

export interface ChatChunkChoice {
  index: number
  delta: ChatDelta
  logprobs?: ChatLogprobs | null
  finish_reason: ChatFinishReason | null
}

export interface ChatDelta {
  role?: 'assistant'
  content?: string
  refusal?: string
  reasoning_content?: string
  reasoning_details?: JsonObject[]
  annotations?: { type: 'url_citation'; url_citation: Omit<Citation, 'type'> }[]
  tool_calls?: {
    index: number
    id?: string
    type?: 'function'
    function?: { name?: string; arguments: string }
    custom?: { name?: string; input: string }
  }[]
}

/** An error, as a body or as an event of a stream. */
export interface ChatError {
  error: { message: string; type: string; param: string | null; code: string | null }
}
