import { fieldOf, isObject } from '../../json-value.js'

/**
 * Whether a body is a chat completion. OpenAI's libraries read `choices[0].message`, so without one it is none,
 * whatever its status says. A message may well be empty: it may have been filtered, cut off at its first token,
 * or have nothing to say. An `error` beside it is an error: the libraries raise it where they look.
 */
export function isChatAnswer(body: unknown): boolean {
  if (!isObject(body) || isTruthy(fieldOf(body, 'error'))) return false
  const choices = fieldOf(body, 'choices')
  return (
    Array.isArray(choices) &&
    choices.length > 0 &&
    choices.every(choice => isObject(fieldOf(choice, 'message')) && !isFailedChoice(choice))
  )
}

/**
 * Whether a choice says that its vendor failed in the middle of it: `finish_reason: "error"` of OpenRouter and
 * Mistral, or an error of its own.
 * Sources (looked up 2026-11-28): https://openrouter.ai/docs/api-reference/errors,
 * https://docs.mistral.ai/api/#tag/chat
 */
export function isFailedChoice(choice: unknown): boolean {
  const reason = fieldOf(choice, 'finish_reason')
  const isError = typeof reason === 'string' && reason.toLowerCase() === 'error'
  return isError || isTruthy(fieldOf(choice, 'error'))
}

/** As OpenAI's libraries look at `error`: null, false and an empty text are none. */
export function isTruthy(value: unknown): boolean {
  return Boolean(value)
}
