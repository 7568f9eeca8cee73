import type { AddedField } from '../endpoints/endpoint-request.js'
import type { Candidate } from './resolve-model.js'

/** A server may support a field later, so it is sent again after this time. */
const keptMs = 86_400_000
const maxKept = 10_000

/** Fields added by the gateway that a vendor refused within the last day. In memory only. */
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

/** Keyed by address, since another server may have the same name; maximum fields also by model. */
function keyOf({ provider, model }: Candidate, field: AddedField): string {
  const { name, origin, basePath } = provider
  return [field.name, name, `${origin}${basePath}`, field.dependsOnModel ? model : ''].join('\n')
}
