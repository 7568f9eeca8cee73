import type { AnswerDelta, AnswerHead, AnswerWriter } from '../answer/answer-delta.js'
import { sealCarried } from '../answer/carried.js'
import { readCitation } from '../answer/citation.js'
import type { FinishReason } from '../answer/finish-reason.js'
import { sealToken } from '../answer/foreign-token.js'
import { readLogprobs } from '../answer/logprobs.js'
import type { Usage } from '../answer/usage.js'
import type { WireError } from '../answer/wire-error.js'
import { idBaseOf, type WriteOptions } from '../answer/write-options.js'
import {
  itemOf,
  type OpenBlock,
  type OpenMessage,
  type OpenPart,
  type OpenReasoning,
  partOf,
} from './open-block.js'
import { writeFailure } from './responses-error.js'
import { writeFrame } from './responses-frame.js'
import { writeResponsesUsage } from './responses-usage.js'
import type {
  ResponsesAnswer,
  ResponsesEvent,
  ResponsesEventBody,
  ResponsesLogprob,
  ResponsesOutputItem,
} from './responses-wire.js'

/** Writes answers of Responses, with the same events in the same order as OpenAI. */
export class ResponsesAnswerWriter implements AnswerWriter<ResponsesEvent, ResponsesAnswer> {
  readonly #options: WriteOptions
  #head: Omit<AnswerHead, 'type'> = {}
  #out: ResponsesEvent[] = []
  #sequence = 0
  #hasStarted = false
  readonly #output: ResponsesOutputItem[] = []
  #open: OpenBlock | null = null
  #usage: Usage | null = null
  #reason: FinishReason = 'stop'
  #error: WireError | null = null

  constructor(options: WriteOptions) {
    this.#options = options
  }

  push(delta: AnswerDelta): readonly ResponsesEvent[] {
    if (this.#error !== null) return []
    if (delta.type === 'head') this.#head = { ...this.#head, ...delta }
    this.#start()
    this.#write(delta)
    return this.#take()
  }

  end(): readonly ResponsesEvent[] {
    if (this.#error !== null) return []
    this.#start()
    this.#close(this.#reason === 'length' ? 'incomplete' : 'completed')
    const response = this.answer
    this.#send({
      type: response.status === 'incomplete' ? 'response.incomplete' : 'response.completed',
      response,
    })
    return this.#take()
  }

  get answer(): ResponsesAnswer {
    const frame = writeFrame(this.#options, this.#head)
    const rest = {
      output: this.#open === null ? [...this.#output] : [...this.#output, itemOf(this.#open, 'incomplete')],
      usage: this.#usage === null ? null : writeResponsesUsage(this.#usage),
    }
    if (this.#error !== null) return { ...frame, ...rest, status: 'failed', error: writeFailure(this.#error) }
    if (this.#reason === 'length')
      return { ...frame, ...rest, status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } }
    if (this.#reason === 'filter')
      return { ...frame, ...rest, status: 'incomplete', incomplete_details: { reason: 'content_filter' } }
    return { ...frame, ...rest, status: 'completed', completed_at: frame.created_at }
  }

  #take(): readonly ResponsesEvent[] {
    const out = this.#out
    this.#out = []
    return out
  }

  #send(body: ResponsesEventBody): void {
    this.#out.push({ ...body, sequence_number: this.#sequence })
    this.#sequence += 1
  }

  #start(): void {
    if (this.#hasStarted) return
    this.#hasStarted = true
    this.#send({ type: 'response.created', response: writeFrame(this.#options, this.#head) })
    this.#send({ type: 'response.in_progress', response: writeFrame(this.#options, this.#head) })
  }

  #write(delta: AnswerDelta): void {
    switch (delta.type) {
      case 'head':
        return
      case 'text':
        this.#addText('text', delta.text, delta.logprobs)
        return
      case 'refusal':
        this.#addText('refusal', delta.text, [])
        return
      case 'annotation':
        this.#addAnnotation(delta.annotation)
        return
      case 'reasoning':
        this.#addReasoning(delta.text, delta.isNew)
        return
      case 'token':
        this.#reasoning(false).token =
          delta.token.dialect === 'responses' ? delta.token.value : sealToken(delta.token, delta.id)
        return
      case 'carried': {
        const block = this.#reasoning(false)
        block.token ??= sealCarried(delta.carried)
        return
      }
      case 'call':
        this.#close('completed')
        this.#openItem({
          kind: 'call',
          ...this.#place('fc'),
          callId: delta.id === '' ? `call_${idBaseOf(this.#options.id)}_${this.#output.length}` : delta.id,
          tool: delta.tool,
          given: '',
        })
        return
      case 'arguments':
        this.#addArguments(delta.text)
        return
      case 'usage':
        this.#usage = delta.usage
        return
      case 'finish':
        this.#reason = delta.reason
        return
      case 'error':
        this.#error = delta.error
        this.#send({ type: 'response.failed', response: this.answer })
        return
    }
  }

  #place(kind: 'msg' | 'rs' | 'fc'): { readonly id: string; readonly outputIndex: number } {
    const outputIndex = this.#output.length
    return { id: `${kind}_${idBaseOf(this.#options.id)}_${outputIndex}`, outputIndex }
  }

  #openItem(block: OpenBlock): void {
    this.#open = block
    const { outputIndex } = block
    this.#send({
      type: 'response.output_item.added',
      output_index: outputIndex,
      item: itemOf(block, 'in_progress'),
    })
  }

  #addText(kind: OpenPart['kind'], text: string, logprobs: readonly unknown[]): void {
    if (this.#open?.kind !== 'message') {
      this.#close('completed')
      this.#openItem({ kind: 'message', ...this.#place('msg'), parts: [], part: null })
    }
    const message = this.#open
    if (message?.kind !== 'message') return
    if (message.part?.kind !== kind) {
      this.#closePart(message)
      message.part = { kind, text: '', annotations: [], logprobs: [] }
      this.#send({ type: 'response.content_part.added', ...placeOf(message), part: partOf(message.part) })
    }
    message.part.text += text
    if (kind === 'refusal') {
      this.#send({ type: 'response.refusal.delta', ...placeOf(message), delta: text })
      return
    }
    const read = writeLogprobs(logprobs)
    for (const entry of read) message.part.logprobs.push(entry)
    this.#send({ type: 'response.output_text.delta', ...placeOf(message), delta: text, logprobs: read })
  }

  #addAnnotation(given: unknown): void {
    const annotation = readCitation(given)
    const message = this.#open
    if (annotation === null || message?.kind !== 'message' || message.part?.kind !== 'text') return
    const { annotations } = message.part
    const index = annotations.push(annotation) - 1
    const type = 'response.output_text.annotation.added'
    this.#send({ type, ...placeOf(message), annotation, annotation_index: index })
  }

  /** The open block of reasoning, or a new one; a block with its token is complete. */
  #reasoning(isNew: boolean): OpenReasoning {
    if (!isNew && this.#open?.kind === 'reasoning' && this.#open.token === null) return this.#open
    this.#close('completed')
    const block: OpenReasoning = { kind: 'reasoning', ...this.#place('rs'), text: '', token: null }
    this.#openItem(block)
    return block
  }

  #addReasoning(text: string, isNew: boolean): void {
    const block = this.#reasoning(isNew)
    if (text === '') return
    const place = { item_id: block.id, output_index: block.outputIndex, summary_index: 0 }
    const part = { type: 'summary_text' as const, text: '' }
    if (block.text === '') this.#send({ type: 'response.reasoning_summary_part.added', ...place, part })
    block.text += text
    this.#send({ type: 'response.reasoning_summary_text.delta', ...place, delta: text })
  }

  #addArguments(text: string): void {
    const call = this.#open
    if (call?.kind !== 'call' || text === '') return
    call.given += text
    const place = { item_id: call.id, output_index: call.outputIndex }
    const type = call.tool.isCustom
      ? 'response.custom_tool_call_input.delta'
      : 'response.function_call_arguments.delta'
    this.#send({ type, ...place, delta: text })
  }

  #close(status: 'completed' | 'incomplete'): void {
    const block = this.#open
    if (block === null) return
    if (block.kind === 'message') this.#closePart(block)
    if (block.kind === 'reasoning') this.#closeSummary(block)
    if (block.kind === 'call') {
      if (block.given === '' && !block.tool.isCustom) this.#addArguments('{}')
      const place = { item_id: block.id, output_index: block.outputIndex }
      if (block.tool.isCustom)
        this.#send({ type: 'response.custom_tool_call_input.done', ...place, input: block.given })
      else
        this.#send({
          type: 'response.function_call_arguments.done',
          ...place,
          name: block.tool.name,
          arguments: block.given,
        })
    }
    const item = itemOf(block, status)
    this.#output.push(item)
    this.#open = null
    this.#send({ type: 'response.output_item.done', output_index: block.outputIndex, item })
  }

  #closePart(message: OpenMessage): void {
    const { part } = message
    if (part === null) return
    const place = placeOf(message)
    const { text, logprobs } = part
    if (part.kind === 'refusal') this.#send({ type: 'response.refusal.done', ...place, refusal: text })
    else this.#send({ type: 'response.output_text.done', ...place, text, logprobs: [...logprobs] })
    this.#send({ type: 'response.content_part.done', ...place, part: partOf(part) })
    message.parts.push(partOf(part))
    message.part = null
  }

  #closeSummary(block: OpenReasoning): void {
    if (block.text === '') return
    const place = { item_id: block.id, output_index: block.outputIndex, summary_index: 0 }
    this.#send({ type: 'response.reasoning_summary_text.done', ...place, text: block.text })
    const part = { type: 'summary_text' as const, text: block.text }
    this.#send({ type: 'response.reasoning_summary_part.done', ...place, part })
  }
}

function placeOf(message: OpenMessage): { item_id: string; output_index: number; content_index: number } {
  return { item_id: message.id, output_index: message.outputIndex, content_index: message.parts.length }
}

function writeLogprobs(given: readonly unknown[]): ResponsesLogprob[] {
  return readLogprobs(given, []).map(({ token, logprob, bytes, top_logprobs: top }) => ({
    token,
    logprob,
    bytes: bytes ?? [],
    top_logprobs: top.map(other => ({ ...other, bytes: other.bytes ?? [] })),
  }))
}
