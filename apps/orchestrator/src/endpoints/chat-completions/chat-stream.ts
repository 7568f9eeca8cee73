import { errorStatusOf, StreamUsage } from '@quotakeeper/vendors'
import { elementsOf, fieldOf, isObject } from '../../json-value.js'
import type { ChoiceProgress, StreamDialect, StreamEvent, TextPiece } from '../stream-dialect.js'
import { textsWithin, wholeTexts } from '../texts-within.js'
import { chatDeltaCharacters } from './answer-characters.js'
import { assembleChat } from './assemble-chat.js'
import { isChatAnswer, isFailedChoice, isTruthy } from './chat-answer.js'
import { splitChat } from './split-chat.js'
import { calledOf, callTexts } from './tool-call.js'

/** Streams of chat completions. */
export const chatStream: StreamDialect = {
  endMark: '[DONE]',
  readUsage: vendor => new StreamUsage(vendor),
  write: event => `data: ${JSON.stringify(event)}\n\n`,
  errorOf,
  hasContent: event => choicesOf(event).some(choice => isContent(deltaOf(choice))),
  progressOf: event => choicesOf(event).map(progressOf),
  textsOf,
  countCharacters: () => chatDeltaCharacters,
  isWholeAnswer: event => isChatAnswer(event) && choicesOf(event).every(choice => !isObject(deltaOf(choice))),
  // The final event for `include_usage`, which some clients cannot handle.
  isUsageAlone: event => {
    const choices = fieldOf(event, 'choices')
    return Array.isArray(choices) && choices.length === 0 && isObject(fieldOf(event, 'usage'))
  },
  assemble: assembleChat,
  split: splitChat,
  errorEvent: message => ({ error: { message, type: 'server_error', param: null, code: 'vendor_failed' } }),
}

/**
 * The error in an event: an `error`, Anthropic's form, an event named `error`, a bare error instead of choices, a
 * failed choice, Groq's `x_groq.error`, or data that is not a JSON object, on which clients fail.
 */
function errorOf({ name, text, parsed }: StreamEvent): unknown {
  if (!isObject(parsed)) {
    const [first] = elementsOf(parsed)
    return isObject(first) && isTruthy(first['error']) ? first : { error: text }
  }
  if (isTruthy(parsed['error']) || parsed['object'] === 'error' || parsed['type'] === 'error') return parsed
  if (name === 'error') return { error: parsed }
  if (!Array.isArray(parsed['choices']) && errorStatusOf(parsed) !== null) return parsed
  const ofGroq = fieldOf(parsed['x_groq'], 'error')
  if (isTruthy(ofGroq)) return { error: ofGroq }
  const failed = choicesOf(parsed).find(isFailedChoice)
  return failed === undefined
    ? null
    : { error: fieldOf(failed, 'error') ?? { message: 'finish_reason: error' } }
}

function choicesOf(event: unknown): readonly unknown[] {
  return elementsOf(fieldOf(event, 'choices'))
}

function deltaOf(choice: unknown): unknown {
  return fieldOf(choice, 'delta')
}

function progressOf(choice: unknown, place: number): ChoiceProgress {
  const index = fieldOf(choice, 'index')
  const reason = fieldOf(choice, 'finish_reason')
  return {
    index: typeof index === 'number' ? index : place,
    isFinished: typeof reason === 'string' && reason !== '',
  }
}

/** Whether a delta has content; who speaks, as MiniMax names it as well, and empty fields are none. */
function isContent(delta: unknown): boolean {
  return (
    isObject(delta) &&
    Object.entries(delta).some(([field, value]) => {
      if (wholeTexts.has(field)) return false
      if (field === 'tool_calls') return elementsOf(value).some(call => isCall(calledOf(call)))
      if (field === 'function_call') return isCall(value)
      return isFilled(value)
    })
  )
}

/** Whether it is a call by name or a part of what it is given. */
function isCall(called: unknown): boolean {
  return ['name', ...callTexts].some(field => isFilled(fieldOf(called, field)))
}

function isFilled(value: unknown): boolean {
  if (typeof value === 'string') return value !== ''
  return typeof value === 'object' && value !== null && Object.keys(value).length > 0
}

function textsOf(event: unknown): readonly TextPiece[] {
  return choicesOf(event).flatMap((choice, place) =>
    textsWithin(deltaOf(choice), String(progressOf(choice, place).index)),
  )
}
