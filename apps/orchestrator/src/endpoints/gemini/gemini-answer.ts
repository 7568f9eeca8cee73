import { elementsOf, fieldOf, isObject } from '../../json-value.js'
import { contentCharacters } from './gemini-parts.js'

/** The candidates of an answer or an event. */
export function candidatesOf(body: unknown): readonly unknown[] {
  return elementsOf(fieldOf(body, 'candidates'))
}

/** Why a candidate ended; null while it has not. */
export function finishReasonOf(candidate: unknown): string | null {
  const reason = fieldOf(candidate, 'finishReason')
  return typeof reason === 'string' && reason !== '' && reason !== 'FINISH_REASON_UNSPECIFIED' ? reason : null
}

/** Whether the vendor says that it does not answer this prompt: in place of candidates. */
export function isBlockedPrompt(body: unknown): boolean {
  const reason = fieldOf(fieldOf(body, 'promptFeedback'), 'blockReason')
  return candidatesOf(body).length === 0 && typeof reason === 'string' && reason !== ''
}

/** Whether a body is an answer: candidates with parts, or with the reason why they have none, or why there are none. */
export function isGeminiAnswer(body: unknown): boolean {
  if (!isObject(body) || body['error']) return false
  const candidates = candidatesOf(body)
  if (candidates.length === 0) return isBlockedPrompt(body)
  return candidates.every(
    candidate =>
      finishReasonOf(candidate) !== null || Array.isArray(fieldOf(fieldOf(candidate, 'content'), 'parts')),
  )
}

/** The characters of all candidates of an answer or an event, in code points. */
export function geminiAnswerCharacters(body: unknown): number {
  return candidatesOf(body).reduce<number>(
    (sum, candidate) => sum + contentCharacters(fieldOf(candidate, 'content')),
    0,
  )
}
