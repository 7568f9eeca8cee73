import type { Citation } from '../answer/citation.js'
import type { JsonObject } from '../json/json-value.js'

/** A request of Responses; the fields that are written here. */
export interface ResponsesRequest {
  model: string
  input: ResponsesInputItem[]
  tools?: ResponsesTool[]
  tool_choice?: ResponsesToolChoice
  text?: ResponsesText
  reasoning?: { effort: string | null }
  stream?: boolean
  /** Always false: translated requests are not stored at the vendor. */
  store: false
  include?: ('reasoning.encrypted_content' | 'message.output_text.logprobs')[]
  max_output_tokens?: number
  parallel_tool_calls?: boolean
  temperature?: number
  top_p?: number
  top_logprobs?: number
}

export type ResponsesInputItem =
  | { type: 'message'; role: 'user' | 'system' | 'developer'; content: ResponsesInputPart[] }
  | { type: 'message'; role: 'assistant'; content: string }
  | ResponsesReasoning
  | Omit<ResponsesFunctionCall, 'id' | 'status'>
  | Omit<ResponsesCustomCall, 'id' | 'status'>
  | { type: 'function_call_output'; call_id: string; output: string | ResponsesInputPart[] }
  | { type: 'custom_tool_call_output'; call_id: string; output: string | ResponsesInputPart[] }

export type ResponsesInputPart =
  | { type: 'input_text'; text: string }
  | { type: 'input_image'; image_url: string; detail: 'low' | 'high' | 'auto' | 'original' }
  | { type: 'input_file'; file_data: string; filename: string }
  | { type: 'input_file'; file_url: string }

export type ResponsesTool =
  | {
      type: 'function'
      name: string
      description?: string
      parameters: Record<string, unknown> | null
      strict: boolean | null
    }
  | { type: 'custom'; name: string; description?: string; format?: JsonObject }

export type ResponsesToolChoice = 'auto' | 'none' | 'required' | { type: 'function' | 'custom'; name: string }

export interface ResponsesText {
  format?:
    | { type: 'text' }
    | { type: 'json_object' }
    | {
        type: 'json_schema'
        name: string
        schema: Record<string, unknown>
        description?: string
        strict?: boolean
      }
  verbosity?: 'low' | 'medium' | 'high'
}

/** A whole answer. */
export interface ResponsesAnswer {
  id: string
  object: 'response'
  created_at: number
  completed_at: number | null
  status: ResponsesStatus
  model: string
  output: ResponsesOutputItem[]
  error: ResponsesError | null
  incomplete_details: { reason: 'max_output_tokens' | 'content_filter' } | null
  usage: ResponsesUsage | null
  instructions: string | null
  metadata: Record<string, string>
  parallel_tool_calls: boolean
  temperature: number | null
  top_p: number | null
  tool_choice: ResponsesToolChoice
  tools: JsonObject[]
  text: JsonObject
  reasoning: JsonObject | null
  max_output_tokens: number | null
  previous_response_id: null
  truncation: 'auto' | 'disabled'
  store: boolean
  background: false
  service_tier?: string
}

export type ResponsesStatus = 'completed' | 'failed' | 'in_progress' | 'incomplete'

export interface ResponsesError {
  code: string
  message: string
  /** When quota returns, epoch seconds; Codex shows it and does not repeat the call. */
  resets_at?: number
}

export type ResponsesOutputItem =
  | ResponsesMessage
  | ResponsesReasoning
  | ResponsesFunctionCall
  | ResponsesCustomCall

export type ResponsesItemStatus = 'in_progress' | 'completed' | 'incomplete'

export interface ResponsesMessage {
  type: 'message'
  id: string
  role: 'assistant'
  status: ResponsesItemStatus
  content: ResponsesContent[]
}

export type ResponsesContent =
  | { type: 'output_text'; text: string; annotations: Citation[]; logprobs: ResponsesLogprob[] }
  | { type: 'refusal'; refusal: string }

export interface ResponsesLogprob {
  token: string
  logprob: number
  bytes: number[]
  top_logprobs: { token: string; logprob: number; bytes: number[] }[]
}

export interface ResponsesReasoning {
  type: 'reasoning'
  id: string
  summary: { type: 'summary_text'; text: string }[]
  encrypted_content?: string
}

export interface ResponsesFunctionCall {
  type: 'function_call'
  id: string
  call_id: string
  name: string
  namespace?: string
  arguments: string
  status: ResponsesItemStatus
}

export interface ResponsesCustomCall {
  type: 'custom_tool_call'
  id: string
  call_id: string
  name: string
  namespace?: string
  input: string
  status: ResponsesItemStatus
}

export interface ResponsesUsage {
  input_tokens: number
  input_tokens_details: { cached_tokens: number }
  output_tokens: number
  output_tokens_details: { reasoning_tokens: number }
  total_tokens: number
}

interface OfItem {
  item_id: string
  output_index: number
}

interface OfPart extends OfItem {
  content_index: number
}

interface OfSummary extends OfItem {
  summary_index: number
}

type Summary = { type: 'summary_text'; text: string }

/** An event of a stream without its sequence number. */
export type ResponsesEventBody =
  | {
      type:
        | 'response.created'
        | 'response.in_progress'
        | 'response.completed'
        | 'response.incomplete'
        | 'response.failed'
      response: ResponsesAnswer
    }
  | {
      type: 'response.output_item.added' | 'response.output_item.done'
      output_index: number
      item: ResponsesOutputItem
    }
  | ({ type: 'response.content_part.added' | 'response.content_part.done'; part: ResponsesContent } & OfPart)
  | ({ type: 'response.output_text.delta'; delta: string; logprobs: ResponsesLogprob[] } & OfPart)
  | ({ type: 'response.output_text.done'; text: string; logprobs: ResponsesLogprob[] } & OfPart)
  | ({
      type: 'response.output_text.annotation.added'
      annotation: Citation
      annotation_index: number
    } & OfPart)
  | ({ type: 'response.refusal.delta'; delta: string } & OfPart)
  | ({ type: 'response.refusal.done'; refusal: string } & OfPart)
  | ({
      type: 'response.reasoning_summary_part.added' | 'response.reasoning_summary_part.done'
      part: Summary
    } & OfSummary)
  | ({ type: 'response.reasoning_summary_text.delta'; delta: string } & OfSummary)
  | ({ type: 'response.reasoning_summary_text.done'; text: string } & OfSummary)
  | ({ type: 'response.function_call_arguments.delta'; delta: string } & OfItem)
  | ({ type: 'response.function_call_arguments.done'; name: string; arguments: string } & OfItem)
  | ({ type: 'response.custom_tool_call_input.delta'; delta: string } & OfItem)
  | ({ type: 'response.custom_tool_call_input.done'; input: string } & OfItem)

/** An event of a stream. */
export type ResponsesEvent = ResponsesEventBody & { sequence_number: number }
