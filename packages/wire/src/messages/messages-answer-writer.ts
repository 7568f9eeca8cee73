import type { AnswerDelta, AnswerWriter, CallStart } from '../answer/answer-delta.js'
import { type Carried, mergeCarried, sealCarried } from '../answer/carried.js'
import type { FinishReason } from '../answer/finish-reason.js'
import { sealToken } from '../answer/foreign-token.js'
import type { Usage } from '../answer/usage.js'
import { idBaseOf, type WriteOptions } from '../answer/write-options.js'
import { flatToolName } from '../conversation/tool-names.js'
import { inputOf } from './messages-blocks.js'
import { writeMessagesError } from './messages-error.js'
import { writeMessagesUsage } from './messages-usage.js'
import type {
  MessagesAnswer,
  MessagesBlock,
  MessagesDelta,
  MessagesError,
  MessagesEvent,
  MessagesStopReason,
} from './messages-wire.js'

type OpenBlock =
  | { readonly kind: 'text'; text: string }
  | { readonly kind: 'thinking'; text: string; signature: string }
  | { readonly kind: 'redacted'; readonly data: string }
  | {
      readonly kind: 'call'
      readonly id: string
      readonly name: string
      readonly isCustom: boolean
      given: string
    }

/** Writes answers of Messages: one block after the other, each with start and stop. */
export class MessagesAnswerWriter implements AnswerWriter<MessagesEvent, MessagesAnswer | MessagesError> {
  readonly #options: WriteOptions
  #model: string
  #out: MessagesEvent[] = []
  #hasStarted = false
  readonly #content: MessagesBlock[] = []
  #open: OpenBlock | null = null
  /** Carried fields that have no block yet. */
  #pending: Carried | null = null
  #hasRefused = false
  #usage: Usage | null = null
  #reason: FinishReason = 'stop'
  #stopSequence: string | null = null
  #error: MessagesError | null = null

  constructor(options: WriteOptions) {
    this.#options = options
    this.#model = options.context.model
  }

  push(delta: AnswerDelta): readonly MessagesEvent[] {
    if (this.#error !== null) return []
    if (delta.type === 'head') this.#model = delta.model ?? this.#model
    if (delta.type !== 'error') this.#start()
    this.#write(delta)
    return this.#take()
  }

  end(): readonly MessagesEvent[] {
    if (this.#error !== null) return []
    this.#start()
    if (this.#pending !== null && Object.keys(this.#pending.calls).length > 0) this.#signPending()
    this.#close()
    const { stop_reason: reason, stop_sequence, stop_details, container, usage } = this.#message()
    const { cache_creation: _, inference_geo: __, service_tier: ___, speed: ____, ...reported } = usage
    this.#out.push(
      {
        type: 'message_delta',
        delta: { stop_reason: reason, stop_sequence, stop_details, container },
        usage: reported,
      },
      { type: 'message_stop' },
    )
    return this.#take()
  }

  get answer(): MessagesAnswer | MessagesError {
    return this.#error ?? this.#message()
  }

  #message(): MessagesAnswer & { stop_reason: MessagesStopReason } {
    return {
      ...this.#frame(),
      content: [...this.#content],
      stop_reason: this.#stopReason(),
      stop_sequence: this.#stopSequence,
      usage: writeMessagesUsage(this.#usage),
    }
  }

  #frame(): MessagesAnswer {
    return {
      id: this.#options.id,
      type: 'message',
      role: 'assistant',
      model: this.#model,
      content: [],
      stop_reason: null,
      stop_sequence: null,
      stop_details: null,
      container: null,
      diagnostics: null,
      usage: writeMessagesUsage(null),
    }
  }

  #stopReason(): MessagesStopReason {
    if (this.#hasRefused && this.#reason === 'stop') return 'refusal'
    if (this.#stopSequence !== null) return 'stop_sequence'
    return stopReasons[this.#reason]
  }

  #take(): readonly MessagesEvent[] {
    const out = this.#out
    this.#out = []
    return out
  }

  #start(): void {
    if (this.#hasStarted) return
    this.#hasStarted = true
    this.#out.push({ type: 'message_start', message: this.#frame() }, { type: 'ping' })
  }

  #write(delta: AnswerDelta): void {
    switch (delta.type) {
      case 'head':
      case 'annotation':
        return
      case 'refusal':
        this.#hasRefused = true
        this.#addText(delta.text)
        return
      case 'text':
        this.#addText(delta.text)
        return
      case 'reasoning':
        if (this.#options.context.showsThinking) this.#addThinking(delta.text, delta.isNew)
        return
      case 'token':
        if (this.#options.context.showsThinking) this.#addToken(delta)
        return
      case 'carried':
        if (this.#options.context.showsThinking) this.#carry(delta.carried)
        return
      case 'call':
        this.#openCall(delta)
        return
      case 'arguments':
        this.#addArguments(delta.text)
        return
      case 'usage':
        this.#usage = delta.usage
        return
      case 'finish':
        this.#reason = delta.reason
        this.#stopSequence = delta.stopSequence
        return
      case 'error':
        this.#error = writeMessagesError(delta.error)
        this.#out.push(this.#error)
        return
    }
  }

  #begin(block: OpenBlock): void {
    this.#close()
    this.#open = block
    this.#out.push({
      type: 'content_block_start',
      index: this.#content.length,
      content_block: blockOf(emptied(block)),
    })
  }

  #delta(delta: MessagesDelta): void {
    this.#out.push({ type: 'content_block_delta', index: this.#content.length, delta })
  }

  #addText(text: string): void {
    if (this.#open?.kind !== 'text') this.#begin({ kind: 'text', text: '' })
    if (this.#open?.kind === 'text') this.#open.text += text
    this.#delta({ type: 'text_delta', text })
  }

  #addThinking(text: string, isNew: boolean): void {
    // A block without a text waits for its text or its token.
    if (text === '' && isNew) {
      this.#close()
      return
    }
    if (isNew || this.#open?.kind !== 'thinking' || this.#open.signature !== '')
      this.#begin({ kind: 'thinking', text: '', signature: '' })
    if (this.#open?.kind === 'thinking') this.#open.text += text
    this.#delta({ type: 'thinking_delta', thinking: text })
  }

  #addToken({ token, id }: Extract<AnswerDelta, { type: 'token' }>): void {
    if (token.dialect !== 'messages') this.#sign(sealToken(token, id))
    else if (token.isRedacted) this.#begin({ kind: 'redacted', data: token.value })
    else this.#sign(token.value)
  }

  /**
   * Signs the open block of thinking. Without one, waits for a call: clients that read the first or last block would
   * mistake an empty block for the answer, and vendors require their fields only beside calls.
   */
  #carry(carried: Carried): void {
    this.#pending = mergeCarried(this.#pending, carried)
    if (this.#open?.kind === 'thinking' && this.#open.signature === '') this.#signPending()
  }

  #signPending(): void {
    const sealed = this.#pending === null ? null : sealCarried(this.#pending)
    this.#pending = null
    if (sealed !== null) this.#sign(sealed)
  }

  #sign(signature: string): void {
    if (this.#open?.kind !== 'thinking' || this.#open.signature !== '')
      this.#begin({ kind: 'thinking', text: '', signature: '' })
    if (this.#open?.kind === 'thinking') this.#open.signature = signature
    this.#delta({ type: 'signature_delta', signature })
  }

  #openCall({ id, tool }: CallStart): void {
    this.#signPending()
    this.#begin({
      kind: 'call',
      id: id === '' ? `toolu_${idBaseOf(this.#options.id)}_${this.#content.length}` : id,
      name: flatToolName(tool),
      isCustom: tool.isCustom,
      given: '',
    })
  }

  #addArguments(text: string): void {
    if (this.#open?.kind !== 'call' || text === '') return
    this.#open.given += text
    if (!this.#open.isCustom) this.#delta({ type: 'input_json_delta', partial_json: text })
  }

  #close(): void {
    const block = this.#open
    if (block === null) return
    this.#open = null
    if (block.kind === 'call' && block.isCustom)
      this.#delta({ type: 'input_json_delta', partial_json: JSON.stringify({ input: block.given }) })
    const index = this.#content.push(blockOf(block)) - 1
    this.#out.push({ type: 'content_block_stop', index })
  }
}

const stopReasons: Readonly<Record<FinishReason, MessagesStopReason>> = {
  stop: 'end_turn',
  length: 'max_tokens',
  calls: 'tool_use',
  filter: 'refusal',
  pause: 'pause_turn',
}

function emptied(block: OpenBlock): OpenBlock {
  return block.kind === 'call' ? { ...block, given: '', isCustom: false } : block
}

function blockOf(block: OpenBlock): MessagesBlock {
  switch (block.kind) {
    case 'text':
      return { type: 'text', text: block.text, citations: null }
    case 'thinking':
      return { type: 'thinking', thinking: block.text, signature: block.signature }
    case 'redacted':
      return { type: 'redacted_thinking', data: block.data }
    case 'call': {
      const input = block.isCustom ? { input: block.given } : inputOf(block.given)
      return { type: 'tool_use', id: block.id, name: block.name, input, caller: { type: 'direct' } }
    }
  }
}
