import type { AnswerDelta, AnswerReader } from '../answer/answer-delta.js'
import { BlockQueue } from '../answer/block-queue.js'
import { allowedFields, isEmptyCarried, reasoningTextFields } from '../answer/carried.js'
import { type FinishReason, finishReasonOf } from '../answer/finish-reason.js'
import { readErrorObject } from '../answer/read-error.js'
import type { ReadOptions } from '../answer/read-options.js'
import type { Usage } from '../answer/usage.js'
import { cutError, tooLargeError, type WireError } from '../answer/wire-error.js'
import { givenText, jsonText } from '../json/json-text.js'
import {
  elementsOf,
  fieldOf,
  filledText,
  isObject,
  type JsonObject,
  numberOf,
  textOf,
} from '../json/json-value.js'
import { mergeFields } from '../json/merge-fields.js'
import { CallKeys } from './call-keys.js'
import { readChatUsage } from './chat-usage.js'

/** Reads answers of chat completions, including malformed ones that vendors send. */
export class ChatAnswerReader implements AnswerReader {
  readonly #options: ReadOptions
  readonly #keys: CallKeys
  readonly #queue = new BlockQueue(delta => this.#emit(delta))
  #out: AnswerDelta[] = []
  #characters = 0
  #hasSaid = false
  #hasEnded = false
  #reason: FinishReason | null = null
  #usage: Usage | null = null
  /** Whether reasoning was sent since the last carried fields. It always gets a token, so that it can be recognised. */
  #hasThought = false
  #textField: (typeof reasoningTextFields)[number] | null = null
  /** Carried fields not sent yet. */
  #fields: JsonObject = {}
  #callFields: [id: string, fields: JsonObject][] = []

  constructor(options: ReadOptions) {
    this.#options = options
    this.#keys = new CallKeys(options.idBase)
  }

  push(event: unknown): readonly AnswerDelta[] {
    if (!this.#hasEnded) this.#read(event)
    return this.#take()
  }

  pushWhole(body: unknown): readonly AnswerDelta[] {
    const error = readErrorObject(body)
    const [choice] = elementsOf(fieldOf(body, 'choices'))
    if (error === null && !isObject(fieldOf(choice, 'message')) && !isObject(fieldOf(choice, 'delta')))
      this.#fail({
        ...cutError,
        message: 'The vendor answered with JSON that is not an answer. Send the request again.',
        code: 'no_answer',
      })
    else this.#read(body)
    return [...this.#take(), ...this.end(true)]
  }

  end(isDone: boolean): readonly AnswerDelta[] {
    if (this.#hasEnded) return []
    this.#queue.flush()
    this.#queue.finishHead()
    this.#sendCarried()
    if (this.#usage !== null) this.#out.push({ type: 'usage', usage: this.#usage })
    const { hasCalls } = this.#queue
    const reason = this.#reason ?? (isDone ? 'stop' : null)
    if (reason === null) this.#fail(cutError)
    else
      this.#out.push({
        type: 'finish',
        reason: reason === 'stop' && hasCalls ? 'calls' : reason,
        stopSequence: null,
      })
    this.#hasEnded = true
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
    if (this.#usage !== null) this.#out.push({ type: 'usage', usage: this.#usage })
    this.#out.push({ type: 'error', error })
  }

  /** Carried fields precede what they belong to. */
  #emit(delta: AnswerDelta): void {
    if (delta.type === 'call' && Object.keys(delta.extra).length > 0)
      this.#callFields.push([delta.id, delta.extra])
    if (delta.type === 'reasoning') this.#hasThought = true
    else if (delta.type !== 'arguments') this.#sendCarried()
    this.#out.push(delta)
  }

  #sendCarried(): void {
    const carried = {
      vendor: this.#options.vendor,
      textField: this.#textField,
      fields: this.#fields,
      calls: Object.fromEntries(this.#callFields),
    }
    const hasThought = this.#hasThought
    this.#hasThought = false
    this.#textField = null
    this.#fields = {}
    this.#callFields = []
    if (hasThought || !isEmptyCarried(carried)) this.#out.push({ type: 'carried', carried })
  }

  #read(event: unknown): void {
    this.#usage = readChatUsage(event) ?? this.#usage
    const error = readErrorObject(event)
    if (error !== null) {
      this.#queue.flush()
      this.#fail(error)
      return
    }
    this.#readHead(event)
    const choices = elementsOf(fieldOf(event, 'choices'))
    const choice = choices.find((found, place) => (numberOf(fieldOf(found, 'index')) ?? place) === 0)
    if (choice === undefined) return
    this.#readChoice(choice)
    if (this.#characters > this.#options.maxCharacters || this.#queue.callCount > this.#options.maxCalls)
      this.#fail(tooLargeError)
  }

  #readHead(event: unknown): void {
    const model = filledText(fieldOf(event, 'model'))
    const created = numberOf(fieldOf(event, 'created'))
    const tier = filledText(fieldOf(event, 'service_tier'))
    this.#out.push({
      type: 'head',
      ...(model === null ? {} : { model }),
      ...(created === null || created <= 0 ? {} : { createdSeconds: Math.floor(created) }),
      ...(tier === null ? {} : { serviceTier: tier }),
    })
  }

  #readChoice(choice: unknown): void {
    const delta = fieldOf(choice, 'delta')
    const message = fieldOf(choice, 'message')
    // Some vendors repeat the whole message in their last event.
    const said = isObject(delta) && Object.keys(delta).length > 0 ? delta : this.#hasSaid ? null : message
    if (isObject(said)) this.#readSaid(said, elementsOf(fieldOf(fieldOf(choice, 'logprobs'), 'content')))
    const reason = fieldOf(choice, 'finish_reason')
    if (reason === 'error')
      this.#fail(
        readErrorObject(choice) ?? { ...cutError, message: 'The vendor reported that the answer failed.' },
      )
    this.#reason = finishReasonOf(reason) ?? this.#reason
  }

  #readSaid(said: JsonObject, logprobs: readonly unknown[]): void {
    this.#readReasoning(said)
    const fields = allowedFields(said)
    this.#count(fields)
    this.#fields = mergeFields(this.#fields, fields)
    this.#readContent(fieldOf(said, 'content'), logprobs)
    this.#addText('refusal', textOf(fieldOf(said, 'refusal')))
    for (const annotation of elementsOf(fieldOf(said, 'annotations')))
      if (isObject(annotation)) {
        this.#count(annotation)
        this.#emit({ type: 'annotation', annotation })
      }
    const calls = elementsOf(fieldOf(said, 'tool_calls'))
    for (const [place, call] of calls.entries()) this.#readCall(call, place)
    const legacy = fieldOf(said, 'function_call')
    if (isObject(legacy)) this.#readCall({ index: -1, function: legacy }, 0)
  }

  #readReasoning(said: JsonObject): void {
    const field = reasoningTextFields.find(name => filledText(fieldOf(said, name)) !== null)
    if (field !== undefined) {
      this.#textField = field
      this.#addText('reasoning', textOf(fieldOf(said, field)))
      return
    }
    const details = elementsOf(fieldOf(said, 'reasoning_details'))
    for (const detail of details)
      this.#addText('reasoning', textOf(fieldOf(detail, 'text')) || textOf(fieldOf(detail, 'summary')))
  }

  /** A text, or Mistral's list of parts, which separates reasoning from the answer. */
  #readContent(content: unknown, logprobs: readonly unknown[]): void {
    if (typeof content === 'string') this.#addText('text', content, logprobs)
    for (const part of elementsOf(content)) {
      if (fieldOf(part, 'type') === 'thinking')
        for (const thought of elementsOf(fieldOf(part, 'thinking')))
          this.#addText('reasoning', textOf(fieldOf(thought, 'text')))
      else this.#addText('text', typeof part === 'string' ? part : textOf(fieldOf(part, 'text')))
    }
  }

  #addText(kind: 'text' | 'refusal' | 'reasoning', text: string, logprobs: readonly unknown[] = []): void {
    if (text === '') return
    this.#hasSaid = true
    this.#characters += text.length + logprobs.length
    this.#queue.addText(kind, text, logprobs)
  }

  /** Counts everything that is kept against the size limit. */
  #count(kept: JsonObject): void {
    if (Object.keys(kept).length > 0) this.#characters += jsonText(kept)?.length ?? Number.POSITIVE_INFINITY
  }

  #readCall(call: unknown, place: number): void {
    if (!isObject(call)) return
    this.#hasSaid = true
    const isCustom = isObject(fieldOf(call, 'custom'))
    const called = fieldOf(call, isCustom ? 'custom' : 'function')
    const name = filledText(fieldOf(called, 'name'))
    const given = fieldOf(called, isCustom ? 'input' : 'arguments')
    const text = givenText(given)
    const extra = allowedFields(call)
    this.#characters += text.length + (name?.length ?? 0) + textOf(fieldOf(call, 'id')).length
    this.#count(extra)
    const { key, id, isNew } = this.#keys.keyOf({
      index: fieldOf(call, 'index'),
      id: textOf(fieldOf(call, 'id')),
      name,
      place,
    })
    if (!isNew && Object.keys(extra).length > 0) this.#callFields.push([id, extra])
    const tool =
      name === null ? null : (this.#options.toolNames.get(name) ?? { name, namespace: null, isCustom: false })
    // Converts free text to the format of the other calls.
    const wrapped = isCustom && tool?.isCustom === true ? (jsonText({ input: text }) ?? '') : text
    this.#queue.addCall({ key, id, tool, arguments: wrapped, extra: isNew ? extra : {} })
  }
}
