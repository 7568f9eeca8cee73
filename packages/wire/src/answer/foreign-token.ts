import type { Reasoning, ReasoningToken } from '../conversation/conversation.js'
import { jsonText, parseJson } from '../json/json-text.js'
import { fieldOf, filledText } from '../json/json-value.js'
import { isSealed, openCarried, sealMark } from './carried.js'

type Kept = Pick<Reasoning, 'id' | 'token' | 'carried'>

/** Writes a token for clients of another dialect, marked so that it is not mistaken for one of that dialect. */
export function sealToken({ dialect, value, isRedacted }: ReasoningToken, id: string | null): string {
  return sealMark + (jsonText({ dialect, value, isRedacted, id }) ?? '')
}

/**
 * Reads a token kept by a client: one of its own dialect, one of another dialect, or carried fields of a vendor of chat
 * completions. Nothing for a marked token that cannot be read.
 */
export function openToken(kept: string | null, dialect: ReasoningToken['dialect'], id: string | null): Kept {
  if (kept === null) return { id, token: null, carried: null }
  if (!isSealed(kept)) return { id, token: { dialect, value: kept, isRedacted: false }, carried: null }
  const carried = openCarried(kept)
  if (carried !== null) return { id, token: null, carried }
  const sealed = parseJson(kept.slice(sealMark.length))
  const value = filledText(fieldOf(sealed, 'value'))
  const origin = fieldOf(sealed, 'dialect')
  if (value === null || (origin !== 'responses' && origin !== 'messages'))
    return { id, token: null, carried: null }
  const isRedacted = fieldOf(sealed, 'isRedacted') === true
  return {
    id: filledText(fieldOf(sealed, 'id')),
    token: { dialect: origin, value, isRedacted },
    carried: null,
  }
}
