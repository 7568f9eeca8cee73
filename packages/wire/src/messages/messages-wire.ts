import type { JsonObject } from '../json/json-value.js'

/** A request of Messages; the fields that are written here. */
export interface MessagesRequest {
  model: string
  max_tokens: number
  messages: MessagesTurn[]
  system?: MessagesText[]
  tools?: MessagesTool[]
  tool_choice?: MessagesToolChoice
  output_config?: {
    effort?: MessagesEffort
    format?: { type: 'json_schema'; schema: Record<string, unknown> }
  }
  stop_sequences?: string[]
  stream?: boolean
  temperature?: number
  top_p?: number
  metadata?: { user_id: string }
}

export type MessagesEffort = 'low' | 'medium' | 'high' | 'xhigh' | 'max'

export type MessagesTurn =
  | { role: 'user'; content: MessagesUserBlock[] }
  | { role: 'assistant'; content: MessagesAssistantBlock[] }

export interface MessagesText {
  type: 'text'
  text: string
  cache_control?: MessagesCacheControl
}

export interface MessagesCacheControl {
  type: 'ephemeral'
  ttl?: '5m' | '1h'
}

export type MessagesUserBlock = MessagesPart | MessagesToolResult

export type MessagesPart = MessagesText | MessagesImage | MessagesDocument

export interface MessagesImage {
  type: 'image'
  source:
    | { type: 'base64'; media_type: 'image/jpeg' | 'image/png' | 'image/gif' | 'image/webp'; data: string }
    | { type: 'url'; url: string }
  cache_control?: MessagesCacheControl
}

export interface MessagesDocument {
  type: 'document'
  source:
    | { type: 'base64'; media_type: 'application/pdf'; data: string }
    | { type: 'text'; media_type: 'text/plain'; data: string }
    | { type: 'url'; url: string }
  title?: string
  cache_control?: MessagesCacheControl
}

export interface MessagesToolResult {
  type: 'tool_result'
  tool_use_id: string
  content: string | MessagesPart[]
  is_error?: boolean
}

export type MessagesAssistantBlock =
  | MessagesText
  | MessagesThinking
  | MessagesRedactedThinking
  | { type: 'tool_use'; id: string; name: string; input: JsonObject }

export interface MessagesThinking {
  type: 'thinking'
  thinking: string
  signature: string
}

export interface MessagesRedactedThinking {
  type: 'redacted_thinking'
  data: string
}

export interface MessagesTool {
  name: string
  description?: string
  input_schema: { type: 'object'; [field: string]: unknown }
  cache_control?: MessagesCacheControl
}

export type MessagesToolChoice =
  | { type: 'auto' | 'any'; disable_parallel_tool_use?: boolean }
  | { type: 'tool'; name: string; disable_parallel_tool_use?: boolean }
  | { type: 'none' }

/** A whole answer. */
export interface MessagesAnswer {
  id: string
  type: 'message'
  role: 'assistant'
  model: string
  content: MessagesBlock[]
  stop_reason: MessagesStopReason | null
  stop_sequence: string | null
  stop_details: null
  container: null
  diagnostics: null
  usage: MessagesUsage
}

export type MessagesStopReason =
  | 'end_turn'
  | 'max_tokens'
  | 'stop_sequence'
  | 'tool_use'
  | 'pause_turn'
  | 'refusal'

export type MessagesBlock = MessagesTextBlock | MessagesThinking | MessagesRedactedThinking | MessagesToolUse

export interface MessagesTextBlock {
  type: 'text'
  text: string
  citations: null
}

export interface MessagesToolUse {
  type: 'tool_use'
  id: string
  name: string
  input: JsonObject
  caller: { type: 'direct' }
}

export interface MessagesUsage {
  input_tokens: number
  cache_creation_input_tokens: number | null
  cache_read_input_tokens: number | null
  output_tokens: number
  output_tokens_details: { thinking_tokens: number } | null
  cache_creation: null
  inference_geo: null
  server_tool_use: null
  service_tier: null
  speed: null
}

/** An event of a stream. Sent with its type as `event:`, without which the SDKs drop it. */
export type MessagesEvent =
  | { type: 'message_start'; message: MessagesAnswer }
  | { type: 'ping' }
  | { type: 'content_block_start'; index: number; content_block: MessagesBlock }
  | { type: 'content_block_delta'; index: number; delta: MessagesDelta }
  | { type: 'content_block_stop'; index: number }
  | {
      type: 'message_delta'
      delta: {
        stop_reason: MessagesStopReason
        stop_sequence: string | null
        stop_details: null
        container: null
      }
      usage: Pick<
        MessagesUsage,
        | 'input_tokens'
        | 'cache_creation_input_tokens'
        | 'cache_read_input_tokens'
        | 'output_tokens'
        | 'output_tokens_details'
        | 'server_tool_use'
      >
    }
  | { type: 'message_stop' }
  | MessagesError

export type MessagesDelta =
  | { type: 'text_delta'; text: string }
  | { type: 'thinking_delta'; thinking: string }
  | { type: 'signature_delta'; signature: string }
  | { type: 'input_json_delta'; partial_json: string }

/** An error, as a body or as an event of a stream. */
export interface MessagesError {
  type: 'error'
  error: { type: MessagesErrorType; message: string }
}

export type MessagesErrorType =
  | 'invalid_request_error'
  | 'authentication_error'
  | 'billing_error'
  | 'permission_error'
  | 'not_found_error'
  | 'request_too_large'
  | 'rate_limit_error'
  | 'timeout_error'
  | 'overloaded_error'
  | 'api_error'
