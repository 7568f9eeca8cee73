import type { ManagedBy } from '../domain/owner.js'

/** Who changes settings. */
export interface Actor {
  readonly actor: string
  readonly managedBy: ManagedBy
}
