import { type AskDeps, type AskedModels, askModels } from '../check/ask-models.js'
import { within } from '../lifecycle/within.js'
import type { ReadyProvider } from '../routing/routing-table.js'
import type { ListedModel } from './model-list.js'
import { Turns } from './turns.js'

/** A list is asked for anew after this, while it still serves. */
const freshMs = 600_000
/** Where no list came, the vendor is asked again after this. */
const failedMs = 30_000
/** A list that could not be had anew serves on for so long. */
const staleMs = 86_400_000
/** Vendors that are asked at once. */
const maxAtOnce = 8
const timeoutMs = 15_000
/** A list that nobody has yet is waited for so long, once: clients wait 3 s for all of them. */
const firstWaitMs = 900
/** Keys whose lists are kept: those asked for last. */
const maxKept = 2_000

/** The last word of a vendor on a key. */
export interface KeptCheck extends Pick<AskedModels, 'result' | 'httpStatus'> {
  readonly checkedAtMs: number
}

interface Entry {
  /** Address and key: another one begins anew. */
  readonly identity: string
  models: readonly ListedModel[] | null
  listedAtMs: number
  check: KeptCheck | null
  readonly firstAskedAtMs: number
  asking: Promise<AskedModels> | null
}

/**
 * Which models vendors list for the keys that are here. One question for each key at a time, few in all, and nobody
 * waits for a vendor that is slow: what is known serves until it is known anew.
 */
export class ModelCatalogue {
  readonly #deps: AskDeps
  readonly #turns = new Turns(maxAtOnce)
  readonly #entries = new Map<string, Entry>()
  /** Ends what is being asked. */
  readonly #ending = new AbortController()

  constructor(deps: AskDeps) {
    this.#deps = deps
  }

  /**
   * The models of each provider by name, as far as they are known: at once where they have been asked for before,
   * and otherwise within a second.
   */
  async modelsOf(providers: readonly ReadyProvider[]): Promise<ReadonlyMap<string, readonly ListedModel[]>> {
    const nowMs = this.#deps.clock()
    const entries = providers.map(provider => [provider, this.#entryOf(provider)] as const)
    for (const [provider, entry] of entries) if (isDue(entry, nowMs)) this.#ask(provider, entry)
    const unknown = entries.flatMap(([, { models, check, asking, firstAskedAtMs }]) =>
      models === null && check === null && asking !== null
        ? [{ asking, leftMs: firstAskedAtMs + firstWaitMs - nowMs }]
        : [],
    )
    const waitMs = Math.max(0, ...unknown.map(({ leftMs }) => leftMs))
    if (waitMs > 0) await within(Promise.all(unknown.map(({ asking }) => asking)), waitMs)
    return new Map(entries.flatMap(([{ name }, { models }]) => (models === null ? [] : [[name, models]])))
  }

  /** Asks a provider's vendor now; who asks meanwhile shares the answer. Never rejects. */
  check(provider: ReadyProvider): Promise<AskedModels> {
    return this.#ask(provider, this.#entryOf(provider))
  }

  /** What its vendor said last of the key; null where it was not asked since the start. */
  lastCheck(provider: ReadyProvider): KeptCheck | null {
    const entry = this.#entries.get(provider.name)
    return entry?.identity === identityOf(provider) ? entry.check : null
  }

  /** Breaks off what is being asked. */
  close(): void {
    this.#ending.abort()
  }

  #entryOf(provider: ReadyProvider): Entry {
    const identity = identityOf(provider)
    const kept = this.#entries.get(provider.name)
    const entry: Entry =
      kept?.identity === identity
        ? kept
        : {
            identity,
            models: null,
            listedAtMs: 0,
            check: null,
            firstAskedAtMs: this.#deps.clock(),
            asking: null,
          }
    // The last one that was asked for stands last.
    this.#entries.delete(provider.name)
    this.#entries.set(provider.name, entry)
    const oldest = this.#entries.keys().next()
    if (this.#entries.size > maxKept && !oldest.done) this.#entries.delete(oldest.value)
    return entry
  }

  #ask(provider: ReadyProvider, entry: Entry): Promise<AskedModels> {
    entry.asking ??= this.#turns
      .run(() => askModels(this.#deps, provider, { timeoutMs, signal: this.#ending.signal }))
      .then(asked => {
        this.#keep(entry, asked)
        return asked
      })
      .finally(() => {
        entry.asking = null
      })
    return entry.asking
  }

  #keep(entry: Entry, { models, result, httpStatus }: AskedModels): void {
    const nowMs = this.#deps.clock()
    entry.check = { result, httpStatus, checkedAtMs: nowMs }
    if (models !== null) {
      entry.models = models
      entry.listedAtMs = nowMs
      // A vendor that is away for a while has its models still; a key that it does not take has none.
    } else if (result === 'refused' || nowMs - entry.listedAtMs > staleMs) entry.models = null
  }
}

function isDue({ models, listedAtMs, check, asking }: Entry, nowMs: number): boolean {
  if (asking !== null) return false
  if (check === null) return true
  const failed = models === null || check.checkedAtMs > listedAtMs
  return nowMs - check.checkedAtMs >= (failed ? failedMs : freshMs)
}

function identityOf({ origin, basePath, query, key }: ReadyProvider): string {
  return [origin, basePath, query, key ?? ''].join('\n')
}
