import type { RoutingTable } from '../routing/routing-table.js'
import { KeyRedactor } from './redact-key.js'

/** More have not been held in the life of one process; beyond it the oldest that are no longer in use go. */
const maxKeys = 10_000

/**
 * All keys that this process holds or has held: a call that is under way may have been sent with one that was
 * replaced meanwhile, and a vendor that several keys lead to may quote any of them.
 */
export class HeldKeys {
  readonly #routing: { current(): RoutingTable }
  #keys: ReadonlySet<string> = new Set()
  #table: RoutingTable | null = null
  #redactor = new KeyRedactor([])

  constructor(routing: { current(): RoutingTable }) {
    this.#routing = routing
  }

  /** What takes them out of what leaves. Made anew only where there is another key. */
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
