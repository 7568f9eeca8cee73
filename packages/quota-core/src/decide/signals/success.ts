import type { AnsweredRequest } from '../../domain/command.js'
import { type CoolDown, coolsModel, kindsOfKey } from '../../domain/cool-down.js'

/** A request that a vendor answered successfully. */
export interface Success {
  readonly answerTo: AnsweredRequest
  /** The model that was called; `''` for none. */
  readonly model: string
  /** Fingerprint of the key that the request carried; null if unknown. */
  readonly keyFingerprint: string | null
  /** When the request left. */
  readonly sinceMs: number
}

/**
 * Whether a success ends a cool-down. A call proves that calls to its model succeed again. Any other request, such as a
 * list of models, proves only that the key is valid: vendors do not check money, rates, daily quota or capacity for it.
 * A refusal received after the request left stays. So does a refusal of another key, reported by a gateway that still
 * uses that key: it would be called again after each success of this one.
 */
export function disproves(success: Success, coolDown: CoolDown): boolean {
  const { answerTo, model, sinceMs } = success
  if (coolDown.sinceMs >= sinceMs || isOfOtherKey(coolDown, success.keyFingerprint)) return false
  return answerTo === 'call' ? coolsModel(coolDown, model) : coolDown.kind === 'bad_credential'
}

function isOfOtherKey({ kind, keyFingerprint }: CoolDown, fingerprint: string | null): boolean {
  if (!kindsOfKey.has(kind) || keyFingerprint === null || fingerprint === null) return false
  return keyFingerprint !== fingerprint
}
