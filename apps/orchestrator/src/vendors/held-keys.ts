import type { RoutingTable } from '../routing/routing-table.js'
import { KeyRedactor } from './redact-key.js'

/** Most keys; beyond it the oldest unused ones are dropped. */
const maxKeys = 10_000

/**
 * All current and former keys of this process: a call in flight may use a replaced key, and a vendor with several keys
 * may quote any of them.
 */
export class HeldKeys {
  readonly #routing: { current(): RoutingTable }
  #keys: ReadonlySet<string> = new Set()
  #table: RoutingTable | null = null
  #redactor = new KeyRedactor([])

  constructor(routing: { current(): RoutingTable }) {
    this.#routing = routing
  }

  /** The redactor of these keys; recreated only for a new key. */
  redactor(): KeyRedactor {
    const table = this.#routing.current()
    if (table === this.#table) return this.#redactor
    this.#table = table
    const current = table.ready.flatMap(({ key }) => key ?? [])
    if (current.every(key => this.#keys.has(key))) return this.#redactor
    this.#keys = new Set(
      [...new Set([...current, ...this.#keys])].slice(0, Math.max(maxKeys, current.length)),
    )
    this.#redactor = new KeyRedactor([...this.#keys])
    return this.#redactor
  }
}
