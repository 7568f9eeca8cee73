import type { AnswerDelta, AnswerReader } from '../answer/answer-delta.js'
import { BlockQueue } from '../answer/block-queue.js'
import { finishReasonOf } from '../answer/finish-reason.js'
import type { ReadOptions } from '../answer/read-options.js'
import { cutError, tooLargeError, type WireError } from '../answer/wire-error.js'
import { jsonText } from '../json/json-text.js'
import { fieldOf, filledText, isObject, type JsonObject, numberOf, textOf } from '../json/json-value.js'
import { readThinking } from './messages-blocks.js'
import { readMessagesError } from './messages-error.js'
import { mergeMessagesUsage, readMessagesUsage } from './messages-usage.js'

/** Reads answers of Messages. */
export class MessagesAnswerReader implements AnswerReader {
  readonly #options: ReadOptions
  readonly #queue = new BlockQueue(delta => this.#out.push(delta))
  #out: AnswerDelta[] = []
  #characters = 0
  #blockCount = 0
  #hasEnded = false
  readonly #callIndexes = new Set<number>()
  #usage: JsonObject = {}
  #stopReason: unknown = null
  #stopSequence: string | null = null
  /** The signature of the open block of thinking; null if none is open. */
  #signature: string | null = null

  constructor(options: ReadOptions) {
    this.#options = options
  }

  push(event: unknown): readonly AnswerDelta[] {
    if (!this.#hasEnded) this.#read(event)
    return this.#take()
  }

  pushWhole(body: unknown): readonly AnswerDelta[] {
    const error = readMessagesError(body)
    const content = fieldOf(body, 'content')
    if (error !== null) this.#fail(error)
    else if (!Array.isArray(content))
      this.#fail({
        ...cutError,
        message: 'The vendor answered with JSON that is not an answer. Send the request again.',
        code: 'no_answer',
      })
    else {
      this.#readMessage(body)
      for (const [index, block] of content.entries()) {
        this.#startBlock(block, index)
        this.#stopBlock()
      }
      this.#finish()
    }
    return this.#take()
  }

  end(_isDone: boolean): readonly AnswerDelta[] {
    if (this.#hasEnded) return []
    if (filledText(this.#stopReason) === null) {
      this.#queue.flush()
      this.#fail(cutError)
    } else this.#finish()
    return this.#take()
  }

  #take(): readonly AnswerDelta[] {
    const out = this.#out
    this.#out = []
    return out
  }

  #fail(error: WireError): void {
    if (this.#hasEnded) return
    this.#hasEnded = true
    this.#sendUsage()
    this.#out.push({ type: 'error', error })
  }

  #sendUsage(): void {
    const usage = readMessagesUsage(this.#usage)
    if (usage !== null) this.#out.push({ type: 'usage', usage })
  }

  #read(event: unknown): void {
    const index = numberOf(fieldOf(event, 'index')) ?? 0
    switch (fieldOf(event, 'type')) {
      case 'message_start':
        this.#readMessage(fieldOf(event, 'message'))
        return
      case 'content_block_start':
        this.#startBlock(fieldOf(event, 'content_block'), index)
        return
      case 'content_block_delta':
        this.#readDelta(fieldOf(event, 'delta'), index)
        return
      case 'content_block_stop':
        this.#stopBlock()
        return
      case 'message_delta': {
        const delta = fieldOf(event, 'delta')
        this.#stopReason = fieldOf(delta, 'stop_reason') ?? this.#stopReason
        this.#stopSequence = filledText(fieldOf(delta, 'stop_sequence')) ?? this.#stopSequence
        this.#usage = mergeMessagesUsage(this.#usage, fieldOf(event, 'usage'))
        return
      }
      case 'message_stop':
        this.#finish()
        return
      default: {
        const error = readMessagesError(event)
        if (error === null) return
        this.#queue.flush()
        this.#fail(error)
      }
    }
  }

  #readMessage(message: unknown): void {
    const model = filledText(fieldOf(message, 'model'))
    this.#usage = mergeMessagesUsage(this.#usage, fieldOf(message, 'usage'))
    this.#stopReason = fieldOf(message, 'stop_reason') ?? this.#stopReason
    this.#stopSequence = filledText(fieldOf(message, 'stop_sequence')) ?? this.#stopSequence
    this.#out.push({ type: 'head', ...(model === null ? {} : { model }) })
  }

  #startBlock(block: unknown, index: number): void {
    this.#blockCount += 1
    switch (fieldOf(block, 'type')) {
      case 'text':
        this.#addText('text', textOf(fieldOf(block, 'text')))
        return
      case 'thinking':
        this.#signature = textOf(fieldOf(block, 'signature'))
        this.#out.push({ type: 'reasoning', text: '', isNew: true })
        this.#addText('reasoning', textOf(fieldOf(block, 'thinking')))
        return
      case 'redacted_thinking': {
        const value = textOf(fieldOf(block, 'data'))
        this.#out.push({ type: 'reasoning', text: '', isNew: true })
        this.#out.push({ type: 'token', token: { dialect: 'messages', value, isRedacted: true }, id: null })
        return
      }
      case 'tool_use':
        this.#addCall(block, index)
        return
    }
  }

  #addCall(block: unknown, index: number): void {
    const name = textOf(fieldOf(block, 'name'))
    const input = fieldOf(block, 'input')
    const isFilled = isObject(input) && Object.keys(input).length > 0
    this.#addPiece({
      index,
      id: textOf(fieldOf(block, 'id')),
      name,
      text: isFilled ? (jsonText(input) ?? '') : '',
    })
  }

  #addPiece(piece: {
    readonly index: number
    readonly id: string
    readonly name: string
    readonly text: string
  }): void {
    const { index, id, name, text } = piece
    // Blocks of tools that the vendor runs itself are ignored.
    if (name === '' && !this.#callIndexes.has(index)) return
    if (this.#callIndexes.size <= this.#options.maxCalls) this.#callIndexes.add(index)
    const tool =
      name === '' ? null : (this.#options.toolNames.get(name) ?? { name, namespace: null, isCustom: false })
    this.#characters += text.length
    this.#queue.addCall({ key: String(index), id, tool, arguments: text, extra: {} })
    this.#bound()
  }

  #readDelta(delta: unknown, index: number): void {
    switch (fieldOf(delta, 'type')) {
      case 'text_delta':
        this.#addText('text', textOf(fieldOf(delta, 'text')))
        return
      case 'thinking_delta':
        this.#addText('reasoning', textOf(fieldOf(delta, 'thinking')))
        return
      case 'signature_delta':
        this.#signature = (this.#signature ?? '') + textOf(fieldOf(delta, 'signature'))
        return
      case 'input_json_delta':
        this.#addPiece({ index, id: '', name: '', text: textOf(fieldOf(delta, 'partial_json')) })
        return
    }
  }

  #addText(kind: 'text' | 'reasoning', text: string): void {
    if (text === '') return
    this.#characters += text.length
    this.#queue.addText(kind, text)
    this.#bound()
  }

  #bound(): void {
    const { maxCharacters, maxCalls } = this.#options
    const length = this.#characters + (this.#signature?.length ?? 0)
    if (length > maxCharacters || this.#queue.callCount > maxCalls || this.#blockCount > maxCalls * 4)
      this.#fail(tooLargeError)
  }

  #stopBlock(): void {
    const signature = this.#signature
    this.#signature = null
    if (signature === null || signature === '') return
    const { id, token, carried } = readThinking('', signature)
    if (token !== null) this.#out.push({ type: 'token', token, id })
    else if (carried !== null) this.#out.push({ type: 'carried', carried })
  }

  #finish(): void {
    if (this.#hasEnded) return
    this.#queue.flush()
    this.#queue.finishHead()
    this.#sendUsage()
    this.#hasEnded = true
    const ended = this.#queue.hasCalls ? 'calls' : 'stop'
    const reported = finishReasonOf(this.#stopReason)
    this.#out.push({
      type: 'finish',
      reason: reported === 'stop' || reported === null ? ended : reported,
      stopSequence: this.#stopSequence,
    })
  }
}
