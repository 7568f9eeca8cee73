/** Undoes what was set up, last first, even where one step fails. */
export class CleanUp implements AsyncDisposable {
  readonly #steps: (() => PromiseLike<unknown>)[] = []

  add(step: () => PromiseLike<unknown>): void {
    this.#steps.push(step)
  }

  /** @throws the first error, after all steps */
  async [Symbol.asyncDispose](): Promise<void> {
    const results: PromiseSettledResult<unknown>[] = []
    for (const step of this.#steps.splice(0).reverse()) results.push(...(await Promise.allSettled([step()])))
    for (const result of results) if (result.status === 'rejected') throw result.reason
  }
}
