import { matchesModel } from './glob.js'
import type { SubjectRef } from './subject.js'

/** Why a vendor refuses calls of the subject. */
export type CoolDownKind = 'rate_limit' | 'shared_capacity' | 'billing' | 'bad_credential' | 'unknown_model'

/** A period in which a subject, or one of its models, is not called because its vendor refused a call. */
export interface CoolDown {
  readonly subject: SubjectRef
  /** Glob of the barred models; `''` bars every call, including those without a model. */
  readonly model: string
  readonly kind: CoolDownKind
  /** When the refused attempt was reserved; a success of a later attempt ends the cool-down. */
  readonly sinceMs: number
  /** When it ends. */
  readonly untilMs: number
  /** Consecutive refusals; the delay between trials grows with it. */
  readonly refusals: number
  /** HTTP status of the refusal, for later error messages; null if unknown. */
  readonly httpStatus: number | null
  /** Salted fingerprint of the refused key; null if unknown. Never the key. */
  readonly keyFingerprint: string | null
}

/** Refusals of the key or its account, which do not apply to another key. */
export const kindsOfKey: ReadonlySet<CoolDownKind> = new Set(['billing', 'bad_credential'])

/** Whether a cool-down bars calls to the model; `''` is a call without one. */
export function coolsModel(coolDown: CoolDown, model: string): boolean {
  return coolDown.model === '' || matchesModel(coolDown.model, model)
}
