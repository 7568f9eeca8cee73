import type { AnswerDelta, AnswerHead, AnswerWriter, CallStart } from '../answer/answer-delta.js'
import { sealCarried } from '../answer/carried.js'
import { readCitation } from '../answer/citation.js'
import type { FinishReason } from '../answer/finish-reason.js'
import { readLogprobs, type TokenLogprob } from '../answer/logprobs.js'
import type { Usage } from '../answer/usage.js'
import type { WireError } from '../answer/wire-error.js'
import { idBaseOf, type WriteOptions } from '../answer/write-options.js'
import { flatToolName } from '../conversation/tool-names.js'
import type { JsonObject } from '../json/json-value.js'
import { writeChatError } from './chat-error.js'
import { writeChatUsage } from './chat-usage.js'
import type {
  ChatAnswer,
  ChatAnswerMessage,
  ChatCall,
  ChatChunk,
  ChatCustomCall,
  ChatDelta,
  ChatError,
  ChatFinishReason,
} from './chat-wire.js'
import { writeReasoningDetail } from './reasoning-details.js'

/** Writes answers for clients of chat completions. */
export class ChatAnswerWriter implements AnswerWriter<ChatChunk | ChatError, ChatAnswer | ChatError> {
  readonly #options: WriteOptions
  #head: Omit<AnswerHead, 'type'> = {}
  #hasStarted = false
  #content = ''
  #refusal = ''
  #reasoning = ''
  /** Of the open block. */
  #thought = ''
  #details: JsonObject[] = []
  #annotations: NonNullable<ChatAnswerMessage['annotations']> = []
  #logprobs: TokenLogprob[] = []
  #calls: (ChatCall | ChatCustomCall)[] = []
  #usage: Usage | null = null
  #reason: ChatFinishReason | null = null
  #error: WireError | null = null

  constructor(options: WriteOptions) {
    this.#options = options
  }

  push(delta: AnswerDelta): readonly (ChatChunk | ChatError)[] {
    if (this.#error !== null) return []
    switch (delta.type) {
      case 'head':
        this.#head = { ...this.#head, ...delta }
        return this.#hasStarted || this.#head.model === undefined ? [] : this.#start()
      case 'text':
        this.#content += delta.text
        return this.#chunk({ content: delta.text }, readLogprobs(delta.logprobs, this.#logprobs))
      case 'refusal':
        this.#refusal += delta.text
        return this.#chunk({ refusal: delta.text })
      case 'reasoning':
        this.#reasoning += delta.text
        this.#thought = delta.isNew ? delta.text : this.#thought + delta.text
        return delta.text === '' ? [] : this.#chunk({ reasoning_content: delta.text })
      case 'token':
        return this.#addDetail(
          writeReasoningDetail(delta.token, {
            text: this.#thought,
            id: delta.id,
            index: this.#details.length,
          }),
        )
      case 'carried':
        return this.#addCarried(delta)
      case 'annotation':
        return this.#addAnnotation(delta.annotation)
      case 'call':
        return this.#addCall(delta)
      case 'arguments':
        return this.#addArguments(delta.text)
      case 'usage':
        this.#usage = delta.usage
        return []
      case 'finish':
        this.#reason = finishReasons[delta.reason]
        return []
      case 'error':
        this.#error = delta.error
        return [writeChatError(delta.error)]
    }
  }

  end(): readonly (ChatChunk | ChatError)[] {
    if (this.#error !== null) return []
    const last: ChatChunk = {
      ...this.#base(),
      choices: [{ index: 0, delta: {}, logprobs: null, finish_reason: this.#reason ?? 'stop' }],
    }
    const usage = this.#usage
    return [
      ...(this.#hasStarted ? [] : this.#start()),
      last,
      ...(usage === null || !this.#options.context.wantsUsage
        ? []
        : [{ ...this.#base(), choices: [], usage: writeChatUsage(usage) }]),
    ]
  }

  get answer(): ChatAnswer | ChatError {
    if (this.#error !== null) return writeChatError(this.#error)
    const message: ChatAnswerMessage = {
      role: 'assistant',
      content: this.#content === '' && this.#calls.length > 0 ? null : this.#content,
      refusal: this.#refusal === '' ? null : this.#refusal,
      ...(this.#reasoning === '' ? {} : { reasoning_content: this.#reasoning }),
      ...(this.#details.length === 0 ? {} : { reasoning_details: this.#details }),
      ...(this.#annotations.length === 0 ? {} : { annotations: this.#annotations }),
      ...(this.#calls.length === 0 ? {} : { tool_calls: this.#calls.map(withArguments) }),
    }
    const logprobs = this.#logprobs.length === 0 ? null : { content: this.#logprobs, refusal: null }
    const { id, created, model } = this.#base()
    return {
      id,
      object: 'chat.completion',
      created,
      model,
      choices: [{ index: 0, message, logprobs, finish_reason: this.#reason ?? 'stop' }],
      ...(this.#usage === null ? {} : { usage: writeChatUsage(this.#usage) }),
    }
  }

  #base(): Pick<ChatChunk, 'id' | 'object' | 'created' | 'model'> {
    const { id, createdSeconds, context } = this.#options
    return {
      id,
      object: 'chat.completion.chunk',
      created: this.#head.createdSeconds ?? createdSeconds,
      model: this.#head.model ?? context.model,
    }
  }

  #start(): ChatChunk[] {
    this.#hasStarted = true
    return [
      {
        ...this.#base(),
        choices: [
          { index: 0, delta: { role: 'assistant', content: '' }, logprobs: null, finish_reason: null },
        ],
      },
    ]
  }

  #chunk(delta: ChatDelta, logprobs: TokenLogprob[] = []): ChatChunk[] {
    const start = this.#hasStarted ? [] : this.#start()
    const reported = logprobs.length === 0 ? null : { content: logprobs, refusal: null }
    return [
      ...start,
      { ...this.#base(), choices: [{ index: 0, delta, logprobs: reported, finish_reason: null }] },
    ]
  }

  #addDetail(detail: JsonObject): ChatChunk[] {
    this.#thought = ''
    this.#details.push(detail)
    return this.#chunk({ reasoning_details: [detail] })
  }

  /** Only round-trip tests translate chat completions into chat completions. */
  #addCarried({ carried }: Extract<AnswerDelta, { type: 'carried' }>): ChatChunk[] {
    const sealed = sealCarried(carried)
    return sealed === null
      ? []
      : this.#addDetail({
          type: 'reasoning.encrypted',
          data: sealed,
          format: 'unknown',
          index: this.#details.length,
        })
  }

  #addAnnotation(annotation: JsonObject): ChatChunk[] {
    const read = readCitation(annotation)
    if (read === null) return []
    const { type, ...citation } = read
    const written = { type, url_citation: citation }
    this.#annotations.push(written)
    return this.#chunk({ annotations: [written] })
  }

  #addCall({ id, tool }: CallStart): ChatChunk[] {
    const index = this.#calls.length
    const callId = id === '' ? `call_${idBaseOf(this.#options.id)}_${index}` : id
    const name = flatToolName(tool)
    const call: ChatCall | ChatCustomCall = tool.isCustom
      ? { id: callId, type: 'custom', custom: { name, input: '' } }
      : { id: callId, type: 'function', function: { name, arguments: '' } }
    this.#calls.push(call)
    // A copy, since arguments are appended. OpenAI streams custom calls in this format, which its SDK's types lack.
    const piece = { index, ...structuredClone(call) } as NonNullable<ChatDelta['tool_calls']>[number]
    return this.#chunk({ tool_calls: [piece] })
  }

  #addArguments(text: string): ChatChunk[] {
    const last = this.#calls.at(-1)
    const index = this.#calls.length - 1
    if (last === undefined) return []
    if (last.type === 'custom') {
      last.custom.input += text
      return this.#chunk({ tool_calls: [{ index, custom: { input: text } }] })
    }
    last.function.arguments += text
    return this.#chunk({ tool_calls: [{ index, function: { arguments: text } }] })
  }
}

const finishReasons: Readonly<Record<FinishReason, ChatFinishReason>> = {
  stop: 'stop',
  length: 'length',
  calls: 'tool_calls',
  filter: 'content_filter',
  pause: 'stop',
}

function withArguments(call: ChatCall | ChatCustomCall): ChatCall | ChatCustomCall {
  if (call.type === 'custom') return call
  const { name, arguments: given } = call.function
  return { ...call, function: { name, arguments: given === '' ? '{}' : given } }
}
