import type { calcPrice, ModelPrice } from '@pydantic/genai-prices'
import { vendorFacts } from '../known-vendors.js'
import { bundledTable } from './bundled-table.js'
import type { Price, PriceTier } from './price.js'

/** The bundled table of list prices. */
export interface BundledPrices {
  /**
   * The price of a model at a vendor as of an instant, epoch milliseconds. Null if the table has none, or one that is not by
   * tokens of text alone.
   */
  find(vendor: string, model: string, atMs: number): Price | null
}

/** Prices found are kept this long: some depend on the time of day. */
const keptMs = 60_000
/** Most models whose price is kept; their names come from clients. */
const maxKept = 5_000

const noPrices: BundledPrices = { find: () => null }

/**
 * Reads the table at the first call of the returned function, and never again. Measured with Node.js 20 on a
 * busy machine: 50 to 70 ms of a core, 2.5 MB of heap, and 16 MB of resident memory while it is parsed.
 *
 * @param onFault called if it cannot be read; no price is known then
 */
export function bundledPricesOnce(
  onFault: (error: unknown) => void,
  load: () => Promise<BundledPrices> = loadTable,
): () => Promise<BundledPrices> {
  let table: Promise<BundledPrices> | null = null
  return () => {
    table ??= load().catch((error: unknown) => {
      onFault(error)
      return noPrices
    })
    return table
  }
}

async function loadTable(): Promise<BundledPrices> {
  const library = await import('@pydantic/genai-prices')
  return new TableOfPrices(library.calcPrice)
}

class TableOfPrices implements BundledPrices {
  readonly #calculate: typeof calcPrice
  readonly #kept = new Map<string, Price | null>()
  #keptAtMs = Number.NEGATIVE_INFINITY

  constructor(calculate: typeof calcPrice) {
    this.#calculate = calculate
  }

  find(vendor: string, model: string, atMs: number): Price | null {
    const slot = Math.floor(atMs / keptMs)
    if (slot !== this.#keptAtMs || this.#kept.size >= maxKept) this.#kept.clear()
    this.#keptAtMs = slot
    const key = `${vendor}\n${model}`
    const kept = this.#kept.get(key)
    if (kept !== undefined) return kept
    const found = this.#lookUp(vendor, model, atMs)
    this.#kept.set(key, found)
    return found
  }

  #lookUp(vendor: string, model: string, atMs: number): Price | null {
    const providerId = vendorFacts(vendor)?.priceTable ?? null
    if (providerId === null) return null
    const found = this.#calculate({}, model, { providerId, timestamp: new Date(atMs) })
    return found === null ? null : priceOfTable(found.model_price, found.model.id)
  }
}

/** Prices per million tokens of text, in dollars. */
const textKeys = ['input_mtok', 'output_mtok', 'cache_read_mtok', 'cache_write_mtok'] as const

function priceOfTable(rates: ModelPrice, model: string): Price | null {
  if (Object.keys(rates).some(key => otherKeys.test(key))) return null
  if (rates['input_mtok'] === undefined && rates['output_mtok'] === undefined) return null
  const starts = textKeys.flatMap(key => tiersOf(rates[key]).map(({ start }) => start))
  return {
    source: { kind: 'bundled', ...bundledTable, model },
    ...ratesFor(rates, 0),
    tiers: [...new Set(starts)]
      .sort((left, right) => left - right)
      .map((start): PriceTier => ({ aboveInputTokenCount: start, ...ratesFor(rates, start + 1) })),
  }
}

/**
 * Prices of images, video and sound of a model that takes or gives both these and text: what a call will use is not known in
 * advance. Not those of sound in the input: the caller states whether there is any.
 */
const otherKeys = /^(?:output_(?!mtok$)|input_(?:image|video)_)/

type TablePrice = ModelPrice[string]

function tiersOf(price: TablePrice): readonly { readonly start: number; readonly price: number }[] {
  return typeof price === 'object' ? price.tiers : []
}

/** The rates of a call with so much input. */
function ratesFor(rates: ModelPrice, inputTokenCount: number): Omit<PriceTier, 'aboveInputTokenCount'> {
  const dollars = (price: TablePrice): number | undefined => {
    if (price === undefined || typeof price === 'number') return price
    return price.tiers.findLast(({ start }) => inputTokenCount > start)?.price ?? price.base
  }
  const input = dollars(rates['input_mtok']) ?? 0
  return {
    inputMicroUsd: microUsd(input),
    outputMicroUsd: microUsd(dollars(rates['output_mtok']) ?? 0),
    cachedInputMicroUsd: microUsd(dollars(rates['cache_read_mtok']) ?? input),
    cacheWriteMicroUsd: microUsd(dollars(rates['cache_write_mtok']) ?? input),
    requestMicroUsd: microUsd((dollars(rates['requests_kcount']) ?? 0) / 1_000),
  }
}

/** Rounded up to a whole millionth, beyond what floating point adds. */
function microUsd(dollars: number): number {
  return Math.ceil(Number((dollars * 1e6).toFixed(3)))
}
