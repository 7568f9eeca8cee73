import type { AddedField } from '../endpoints/endpoint-request.js'
import type { Candidate } from './resolve-model.js'

/** A server may learn a field: then it is sent again. */
const keptMs = 86_400_000
const maxKept = 10_000

/** Which of the fields that are added here a vendor has refused, within the last day. Kept in memory alone. */
export class RejectedFields {
  readonly #untilMs = new Map<string, number>()

  add(candidate: Candidate, field: AddedField, nowMs: number): void {
    const key = keyOf(candidate, field)
    this.#untilMs.delete(key)
    this.#untilMs.set(key, nowMs + keptMs)
    const oldest = this.#untilMs.keys().next()
    if (this.#untilMs.size > maxKept && !oldest.done) this.#untilMs.delete(oldest.value)
  }

  has(candidate: Candidate, field: AddedField, nowMs: number): boolean {
    return (this.#untilMs.get(keyOf(candidate, field)) ?? 0) > nowMs
  }
}

/** By the address: another server may stand behind the same name. Of caps each model knows its own. */
function keyOf({ provider, model }: Candidate, field: AddedField): string {
  const { name, origin, basePath } = provider
  return [field.name, name, `${origin}${basePath}`, field.dependsOnModel ? model : ''].join('\n')
}
