import { numberOf } from '../json/json-value.js'

interface Known {
  readonly key: string
  readonly id: string
  readonly vendorId: string
}

/** Identifies the calls of one answer: by `index`, with workarounds for vendors that misuse it. */
export class CallKeys {
  readonly #idBase: string
  readonly #byIndex = new Map<number, Known>()
  readonly #ids = new Set<string>()
  #last: Known | null = null
  #count = 0

  constructor(idBase: string) {
    this.#idBase = idBase
  }

  /**
   * The call that a part belongs to. A part without an index continues the last call unless its id differs. A known
   * index with a different id is a new call too: some vendors number every call 0.
   */
  keyOf(piece: {
    readonly index: unknown
    readonly id: string
    readonly name: string | null
    readonly place: number
  }): { readonly key: string; readonly id: string; readonly isNew: boolean } {
    const index = numberOf(piece.index)
    const found = index === null ? this.#without(piece) : (this.#byIndex.get(index) ?? null)
    const isOther =
      found !== null &&
      piece.id !== '' &&
      found.vendorId !== '' &&
      piece.id !== found.vendorId &&
      piece.name !== null
    if (found !== null && !isOther) {
      this.#last = found
      return { key: found.key, id: found.id, isNew: false }
    }
    const known = this.#add(piece.id)
    if (index !== null) this.#byIndex.set(index, known)
    return { key: known.key, id: known.id, isNew: true }
  }

  #without({
    id,
    name,
    place,
  }: {
    readonly id: string
    readonly name: string | null
    readonly place: number
  }): Known | null {
    const last = this.#last
    if (last === null || place > 0) return null
    if (id === '') return name === null ? last : null
    return id === last.vendorId ? last : null
  }

  #add(vendorId: string): Known {
    const key = String(this.#count)
    const wanted = vendorId === '' ? `call_${this.#idBase}_${key}` : vendorId
    const id = this.#ids.has(wanted) ? `${wanted}_${key}` : wanted
    this.#count += 1
    this.#ids.add(id)
    this.#last = { key, id, vendorId }
    return this.#last
  }
}
