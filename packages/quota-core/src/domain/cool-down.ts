import { matchesModel } from './glob.js'
import type { SubjectRef } from './subject.js'

/** Why a vendor refuses the subject. */
export type CoolDownKind = 'rate_limit' | 'shared_capacity' | 'billing' | 'bad_credential' | 'unknown_model'

/** A time in which a subject, or one model of it, is not called because its vendor said no. */
export interface CoolDown {
  readonly subject: SubjectRef
  /** Glob of the models that it concerns; `''` concerns every call, those without a model, too. */
  readonly model: string
  readonly kind: CoolDownKind
  /** The reservation instant of the attempt that was refused: a later success clears it. */
  readonly sinceMs: number
  /** When it ends. */
  readonly untilMs: number
  /** How often in a row the vendor has said so: trials back off with it. */
  readonly refusals: number
  /** The status of the refusal, for whoever is told of it later; null where it is not known. */
  readonly httpStatus: number | null
  /** Salted fingerprint of the key that was refused; null where nobody told it. Never the key. */
  readonly keyFingerprint: string | null
}

/** What is the matter with the key or its account: another key is no longer concerned. */
export const kindsOfKey: ReadonlySet<CoolDownKind> = new Set(['billing', 'bad_credential'])

/** Whether a cool-down concerns calls to the model; `''` is a call without one. */
export function coolsModel(coolDown: CoolDown, model: string): boolean {
  return coolDown.model === '' || matchesModel(coolDown.model, model)
}
