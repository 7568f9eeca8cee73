import type { Citation } from '../answer/citation.js'
import type { ToolName } from '../conversation/conversation.js'
import type {
  ResponsesContent,
  ResponsesItemStatus,
  ResponsesLogprob,
  ResponsesOutputItem,
} from './responses-wire.js'

/** The item being streamed. */
export type OpenBlock = OpenMessage | OpenReasoning | OpenCall

interface Placed {
  readonly id: string
  readonly outputIndex: number
}

export interface OpenMessage extends Placed {
  readonly kind: 'message'
  /** Complete parts. */
  readonly parts: ResponsesContent[]
  part: OpenPart | null
}

export interface OpenPart {
  readonly kind: 'text' | 'refusal'
  text: string
  readonly annotations: Citation[]
  readonly logprobs: ResponsesLogprob[]
}

export interface OpenReasoning extends Placed {
  readonly kind: 'reasoning'
  text: string
  token: string | null
}

export interface OpenCall extends Placed {
  readonly kind: 'call'
  readonly callId: string
  readonly tool: ToolName
  given: string
}

/** The current state of an item. */
export function itemOf(block: OpenBlock, status: ResponsesItemStatus): ResponsesOutputItem {
  const { id } = block
  switch (block.kind) {
    case 'message': {
      const content = block.part === null ? block.parts : [...block.parts, partOf(block.part)]
      return { type: 'message', id, role: 'assistant', status, content: [...content] }
    }
    case 'reasoning': {
      const summary = block.text === '' ? [] : [{ type: 'summary_text' as const, text: block.text }]
      return {
        type: 'reasoning',
        id,
        summary,
        ...(block.token === null ? {} : { encrypted_content: block.token }),
      }
    }
    case 'call': {
      const { name, namespace, isCustom } = block.tool
      const call = { id, call_id: block.callId, name, ...(namespace === null ? {} : { namespace }), status }
      return isCustom
        ? { type: 'custom_tool_call', ...call, input: block.given }
        : { type: 'function_call', ...call, arguments: block.given }
    }
  }
}

/** The current state of a part. */
export function partOf({ kind, text, annotations, logprobs }: OpenPart): ResponsesContent {
  if (kind === 'refusal') return { type: 'refusal', refusal: text }
  return { type: 'output_text', text, annotations: [...annotations], logprobs: [...logprobs] }
}
