import type { AnsweredRequest } from '../domain/command.js'
import { type CoolDown, coolsModel } from '../domain/cool-down.js'

/** A request that a vendor has answered as it should. */
export interface Success {
  readonly answerTo: AnsweredRequest
  /** The model that was called; `''` for none. */
  readonly model: string
  /** When the request left. */
  readonly sinceMs: number
}

/**
 * Whether a success shows that what its vendor had said before is over. A call proves that calls to its model go
 * through again. Anything else, such as a list of models, proves that the key is known, and nothing of money,
 * rates, days or capacity, by which vendors do not measure it. What was said after the request left stands.
 */
export function disproves({ answerTo, model, sinceMs }: Success, coolDown: CoolDown): boolean {
  if (coolDown.sinceMs >= sinceMs) return false
  return answerTo === 'call' ? coolsModel(coolDown, model) : coolDown.kind === 'bad_credential'
}
