import type { AnsweredRequest } from '../../domain/command.js'
import { type CoolDown, coolsModel, kindsOfKey } from '../../domain/cool-down.js'

/** A request that a vendor has answered as it should. */
export interface Success {
  readonly answerTo: AnsweredRequest
  /** The model that was called; `''` for none. */
  readonly model: string
  /** Of the key that it carried; null where it is not known. */
  readonly keyFingerprint: string | null
  /** When the request left. */
  readonly sinceMs: number
}

/**
 * Whether a success shows that what its vendor had said before is over. A call proves that calls to its model go
 * through again. Anything else, such as a list of models, proves that the key is known, and nothing of money,
 * rates, days or capacity, by which vendors do not measure it. What was said after the request left stands; so does
 * what was said of another key, by a gateway that has it still: it would be called again after each right answer.
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
