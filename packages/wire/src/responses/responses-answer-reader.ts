import type { AnswerDelta, AnswerReader } from '../answer/answer-delta.js'
import { BlockQueue } from '../answer/block-queue.js'
import type { ReadOptions } from '../answer/read-options.js'
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
import { readResponsesError } from './responses-error.js'
import { readReasoning } from './responses-items.js'
import { readResponsesUsage } from './responses-usage.js'

/** Reads answers of Responses. */
export class ResponsesAnswerReader implements AnswerReader {
  readonly #options: ReadOptions
  readonly #queue = new BlockQueue(delta => this.#out.push(delta))
  #out: AnswerDelta[] = []
  #characters = 0
  #hasEnded = false
  /** Streamed items, by index in the output, and the current summary of each. */
  readonly #streamed = new Set<number>()
  readonly #summaries = new Map<number, number>()
  #itemCount = 0

  constructor(options: ReadOptions) {
    this.#options = options
  }

  push(event: unknown): readonly AnswerDelta[] {
    if (!this.#hasEnded) this.#read(event)
    return this.#take()
  }

  pushWhole(body: unknown): readonly AnswerDelta[] {
    const failed = fieldOf(body, 'status') === 'failed'
    const error = readResponsesError(
      failed ? { type: 'response.failed', response: body } : withoutNullError(body),
    )
    if (error !== null) this.#fail(error)
    else if (!Array.isArray(fieldOf(body, 'output')))
      this.#fail({
        ...cutError,
        message: 'The vendor answered with JSON that is not an answer. Send the request again.',
        code: 'no_answer',
      })
    else this.#complete(body)
    return this.#take()
  }

  end(_isDone: boolean): readonly AnswerDelta[] {
    // The end mark is ignored: only a completion event ends an answer.
    this.#queue.flush()
    this.#fail(cutError)
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
    this.#out.push({ type: 'error', error })
  }

  #read(event: unknown): void {
    const type = textOf(fieldOf(event, 'type'))
    const place = numberOf(fieldOf(event, 'output_index')) ?? 0
    const response = fieldOf(event, 'response')
    switch (type) {
      case 'response.created':
      case 'response.in_progress':
        this.#readHead(response)
        return
      case 'response.output_item.added':
        this.#addItem(fieldOf(event, 'item'), place)
        return
      case 'response.output_text.delta':
        this.#addText('text', { event, place })
        return
      case 'response.refusal.delta':
        this.#addText('refusal', { event, place })
        return
      case 'response.reasoning_summary_text.delta':
      case 'response.reasoning_text.delta':
        this.#separate(event, place)
        this.#addText('reasoning', { event, place })
        return
      case 'response.output_text.annotation.added': {
        const annotation = fieldOf(event, 'annotation')
        if (isObject(annotation)) this.#out.push({ type: 'annotation', annotation })
        return
      }
      case 'response.function_call_arguments.delta':
        this.#addArguments(textOf(fieldOf(event, 'delta')), place)
        return
      case 'response.output_item.done':
        this.#finishItem(fieldOf(event, 'item'), place)
        return
      case 'response.completed':
      case 'response.incomplete':
        this.#complete(response)
        return
      default: {
        const error = readResponsesError(event)
        if (error === null) return
        this.#queue.flush()
        const usage = readResponsesUsage(fieldOf(response, 'usage'))
        if (usage !== null) this.#out.push({ type: 'usage', usage })
        this.#fail(error)
      }
    }
  }

  #readHead(response: unknown): void {
    const model = filledText(fieldOf(response, 'model'))
    const created = numberOf(fieldOf(response, 'created_at'))
    const tier = filledText(fieldOf(response, 'service_tier'))
    this.#out.push({
      type: 'head',
      ...(model === null ? {} : { model }),
      ...(created === null || created <= 0 ? {} : { createdSeconds: Math.floor(created) }),
      ...(tier === null ? {} : { serviceTier: tier }),
    })
  }

  #addItem(item: unknown, place: number): void {
    const type = fieldOf(item, 'type')
    this.#itemCount += 1
    if (type === 'reasoning') this.#out.push({ type: 'reasoning', text: '', isNew: true })
    if (type !== 'function_call' || !isObject(item)) return
    this.#streamed.add(place)
    this.#addCall(item, { place, given: givenText(fieldOf(item, 'arguments')) })
  }

  #addCall(item: JsonObject, { place, given }: { readonly place: number; readonly given: string }): void {
    const name = filledText(fieldOf(item, 'name'))
    if (name === null) return
    const namespace = filledText(fieldOf(item, 'namespace'))
    const isCustom = fieldOf(item, 'type') === 'custom_tool_call'
    this.#characters += given.length
    this.#queue.addCall({
      key: String(place),
      id: textOf(fieldOf(item, 'call_id')),
      tool: this.#options.toolNames.get(name) ?? { name, namespace, isCustom },
      arguments: given,
      extra: {},
    })
    this.#bound()
  }

  #addArguments(text: string, place: number): void {
    if (!this.#streamed.has(place)) return
    this.#characters += text.length
    this.#queue.addCall({ key: String(place), id: '', tool: null, arguments: text, extra: {} })
    this.#bound()
  }

  /** Separates parts of a summary as paragraphs. */
  #separate(event: unknown, place: number): void {
    if (textOf(fieldOf(event, 'delta')) === '') return
    const index = numberOf(fieldOf(event, 'summary_index')) ?? numberOf(fieldOf(event, 'content_index')) ?? 0
    const before = this.#summaries.get(place)
    this.#summaries.set(place, index)
    if (before !== undefined && before !== index) this.#queue.addText('reasoning', '\n\n')
  }

  #addText(
    kind: 'text' | 'refusal' | 'reasoning',
    { event, place }: { readonly event: unknown; readonly place: number },
  ): void {
    const text = textOf(fieldOf(event, 'delta'))
    if (text === '') return
    this.#streamed.add(place)
    this.#characters += text.length
    this.#queue.addText(kind, text, elementsOf(fieldOf(event, 'logprobs')))
    this.#bound()
  }

  #bound(): void {
    const { maxCharacters, maxCalls } = this.#options
    if (
      this.#characters > maxCharacters ||
      this.#queue.callCount > maxCalls ||
      this.#itemCount > maxCalls * 4
    )
      this.#fail(tooLargeError)
  }

  /** Reads a finished item: all of it, if nothing was streamed. */
  #finishItem(item: unknown, place: number): void {
    if (!isObject(item)) return
    this.#itemCount += 1
    const type = fieldOf(item, 'type')
    const isNew = !this.#streamed.has(place)
    this.#streamed.add(place)
    if (type === 'message' && isNew) this.#readMessage(item)
    if (type === 'function_call' && isNew)
      this.#addCall(item, { place, given: givenText(fieldOf(item, 'arguments')) })
    if (type === 'custom_tool_call')
      this.#addCall(item, { place, given: jsonText({ input: textOf(fieldOf(item, 'input')) }) ?? '' })
    if (type === 'reasoning') this.#readReasoning(item, isNew)
  }

  #readMessage(item: JsonObject): void {
    for (const part of elementsOf(fieldOf(item, 'content'))) {
      const isRefusal = fieldOf(part, 'type') === 'refusal'
      const text = textOf(fieldOf(part, isRefusal ? 'refusal' : 'text'))
      this.#characters += text.length
      if (text !== '')
        this.#queue.addText(isRefusal ? 'refusal' : 'text', text, elementsOf(fieldOf(part, 'logprobs')))
      for (const annotation of elementsOf(fieldOf(part, 'annotations')))
        if (isObject(annotation)) this.#out.push({ type: 'annotation', annotation })
    }
    this.#bound()
  }

  #readReasoning(item: JsonObject, isNew: boolean): void {
    const { text, token, carried, id } = readReasoning(item)
    this.#characters += isNew ? text.length : 0
    if (isNew && text !== '') this.#out.push({ type: 'reasoning', text, isNew: true })
    if (token !== null) this.#out.push({ type: 'token', token, id })
    else if (carried !== null) this.#out.push({ type: 'carried', carried })
    this.#bound()
  }

  #complete(response: unknown): void {
    if (this.#hasEnded) return
    this.#readHead(response)
    for (const [place, item] of elementsOf(fieldOf(response, 'output')).entries())
      if (!this.#streamed.has(place)) this.#finishItem(item, place)
    this.#queue.flush()
    this.#queue.finishHead()
    if (this.#hasEnded) return
    const usage = readResponsesUsage(fieldOf(response, 'usage'))
    if (usage !== null) this.#out.push({ type: 'usage', usage })
    const why = fieldOf(fieldOf(response, 'incomplete_details'), 'reason')
    const isIncomplete = fieldOf(response, 'status') === 'incomplete' || why !== undefined
    const ended = this.#queue.hasCalls ? 'calls' : 'stop'
    const reason = isIncomplete ? (why === 'content_filter' ? 'filter' : 'length') : ended
    this.#hasEnded = true
    this.#out.push({ type: 'finish', reason, stopSequence: null })
  }
}

/** Successful answers have `error: null`. */
function withoutNullError(body: unknown): unknown {
  return fieldOf(body, 'object') === 'response' && !isObject(fieldOf(body, 'error')) ? {} : body
}
