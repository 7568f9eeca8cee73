import { fieldOf, isObject } from '../../json-value.js'

/**
 * Whether a body is a chat completion. OpenAI's libraries read `choices[0].message`, so a body without it is not one,
 * whatever its status. A message may be empty: filtered, truncated at its first token, or without text. A body with an
 * `error` is an error, which the libraries raise.
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
 * Whether a choice reports a failure of the vendor during the answer: `finish_reason: "error"` of OpenRouter and
 * Mistral, or its own error. Sources (looked up 2026-11-28): https://openrouter.ai/docs/api-reference/errors,
 * https://docs.mistral.ai/api/#tag/chat
 */
export function isFailedChoice(choice: unknown): boolean {
  const reason = fieldOf(choice, 'finish_reason')
  const isError = typeof reason === 'string' && reason.toLowerCase() === 'error'
  return isError || isTruthy(fieldOf(choice, 'error'))
}

/** Truthiness as in OpenAI's libraries: null, false and an empty text are no error. */
export function isTruthy(value: unknown): boolean {
  return Boolean(value)
}
