/** How long a vendor's word that it doesn't know a model holds. */
const barMs = 3_600_000
const maxBars = 10_000

/** Which models a provider has said not to know, in the last hour. Kept in memory alone. */
export class BarredModels {
  readonly #untilMs = new Map<string, number>()

  bar(providerName: string, model: string, nowMs: number): void {
    const key = keyOf(providerName, model)
    this.#untilMs.delete(key)
    this.#untilMs.set(key, nowMs + barMs)
    const oldest = this.#untilMs.keys().next()
    if (this.#untilMs.size > maxBars && !oldest.done) this.#untilMs.delete(oldest.value)
  }

  isBarred(providerName: string, model: string, nowMs: number): boolean {
    return (this.#untilMs.get(keyOf(providerName, model)) ?? 0) > nowMs
  }
}

function keyOf(providerName: string, model: string): string {
  return `${providerName}/${model}`
}
