import { type AskDeps, type AskedModels, askModels } from '../check/ask-models.js'
import { within } from '../lifecycle/within.js'
import type { ReadyProvider } from '../routing/routing-table.js'
import type { ListedModel } from './model-list.js'
import { Turns } from './turns.js'

/** A list older than this is refreshed in the background. */
const freshMs = 600_000
/** Retry delay after a failure. */
const failedMs = 30_000
/** How long a list that cannot be refreshed is used. */
const staleMs = 86_400_000
/** Most concurrent requests to vendors. */
const maxAtOnce = 8
const timeoutMs = 15_000
/** Longest wait for a first list; clients wait 3 s for all. */
const firstWaitMs = 900
/** Most keys with cached lists; the least recently used are dropped. */
const maxKept = 2_000

/** The last check of a key. */
export interface KeptCheck extends Pick<AskedModels, 'result' | 'httpStatus'> {
  readonly checkedAtMs: number
}

interface Entry {
  /** Address and key; a change discards the entry. */
  readonly identity: string
  models: readonly ListedModel[] | null
  listedAtMs: number
  check: KeptCheck | null
  readonly firstAskedAtMs: number
  asking: Promise<AskedModels> | null
}

/**
 * The models that vendors list for this gateway's keys. One request per key at a time, few in total; callers never wait
 * for slow vendors but get the cached list until it is refreshed.
 */
export class ModelCatalogue {
  readonly #deps: AskDeps
  readonly #turns = new Turns(maxAtOnce)
  readonly #entries = new Map<string, Entry>()
  /** Aborts running requests. */
  readonly #ending = new AbortController()

  constructor(deps: AskDeps) {
    this.#deps = deps
  }

  /** The known models of each provider, by name: from the cache, or within a second. */
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

  /** Requests a provider's list now; concurrent callers share the request. Never rejects. */
  check(provider: ReadyProvider): Promise<AskedModels> {
    return this.#ask(provider, this.#entryOf(provider))
  }

  /** The last check of the key; null if none since the start. */
  lastCheck(provider: ReadyProvider): KeptCheck | null {
    const entry = this.#entries.get(provider.name)
    return entry?.identity === identityOf(provider) ? entry.check : null
  }

  /** Aborts running requests. */
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
    // Most recently used last.
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
      // An unreachable vendor keeps its cached models; a refused key has none.
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
