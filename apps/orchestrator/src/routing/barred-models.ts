/** How long a model unknown to a vendor is skipped. */
const barMs = 3_600_000
const maxBars = 10_000

/** Models that a provider reported as unknown in the last hour. In memory only. */
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
